//! PRIVMSG sends a text to channels and users.
//!
//! <https://modern.ircdocs.horse/#privmsg-message>

use super::Facts;
use crate::message::Params;

/// PRIVMSG with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Privmsg<'a> {
    /// Channels and nicks separated by commas.
    pub targets: Option<&'a str>,
    /// The text.
    pub text: Option<&'a str>,
}

/// The facts of PRIVMSG, for the checks, HELP and the manual.
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
