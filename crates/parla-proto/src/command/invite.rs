//! INVITE invites someone into a channel.
//!
//! <https://modern.ircdocs.horse/#invite-message>

use super::{Facts, at};
use crate::message::Params;

/// INVITE with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invite<'a> {
    /// Who is invited.
    pub nick: &'a str,
    /// Where to.
    pub channel: &'a str,
}

/// What is to be known of INVITE.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 2,
    before_registration: false,
    syntax: "<nick> <channel>",
    help: "Invites someone into a channel, past +i.",
};

/// The word on the wire.
pub const NAME: &str = "INVITE";

impl<'a> From<&Params<'a>> for Invite<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { nick: at(params, 0), channel: at(params, 1) }
    }
}
