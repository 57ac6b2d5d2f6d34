//! INVITE invites a user to a channel.
//!
//! <https://modern.ircdocs.horse/#invite-message>

use super::Facts;
use crate::message::Params;

/// INVITE with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invite<'a> {
    /// The user who is invited; `None` asks for the sender's own invitations.
    pub nick: Option<&'a str>,
    /// The channel that the user is invited to.
    pub channel: Option<&'a str>,
}

/// The facts of INVITE, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "[<nick> <channel>]",
    help: "Invites someone into a channel. Without parameters, lists the channels that you are invited to.",
};

/// The word on the wire.
pub const NAME: &str = "INVITE";

impl<'a> From<&Params<'a>> for Invite<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { nick: params.first().copied(), channel: params.get(1).copied() }
    }
}
