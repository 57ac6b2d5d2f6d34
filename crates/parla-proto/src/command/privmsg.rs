//! PRIVMSG sends text.
//!
//! <https://modern.ircdocs.horse/#privmsg-message>

use super::Facts;
use crate::message::Params;

/// PRIVMSG with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Privmsg<'a> {
    /// Channels and nicks separated by commas.
    pub targets: Option<&'a str>,
    /// What is said.
    pub text: Option<&'a str>,
}

/// What is to be known of PRIVMSG.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "<target>{,<target>} <text>",
    help: "Sends text to channels and people.",
};

/// The word on the wire.
pub const NAME: &str = "PRIVMSG";

impl<'a> From<&Params<'a>> for Privmsg<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { targets: params.first().copied(), text: params.get(1).copied() }
    }
}
