//! The HTTP port: the embedded app, `/health`, and IRC over WebSocket on `/irc`; or a port for IRC over
//! WebSocket only, on any path.
//!
//! A connection is HTTP/1.1 until it asks for a WebSocket, and from then on an IRC connection like any other.
//! Nothing here knows IRC, and nothing is read from disk. [`routes`] is the table of all paths.

mod assets;
mod embedded;
mod head;
mod invitation;
mod origin;
mod policy;
mod response;
mod routes;
mod serve;
mod site;
mod slots;
mod upgrade;
mod visit;

pub(crate) use self::{
    embedded::has_app,
    invitation::{Invitations, invitation_link},
    site::{Site, SiteParts},
    slots::Slots,
};
