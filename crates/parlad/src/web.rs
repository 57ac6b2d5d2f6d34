//! The HTTP port: the app that is embedded in the program, `/health`, and IRC over WebSocket on `/irc`. Or a port for IRC over
//! WebSocket alone, on any path.
//!
//! A connection is HTTP/1.1 until it asks for a WebSocket; then it is a connection of IRC like any other. Nothing here knows
//! IRC, and nothing is read from disk. [`routes`] is the table of what there is.

mod assets;
mod embedded;
mod head;
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
    site::{Site, SiteParts},
    slots::Slots,
};
