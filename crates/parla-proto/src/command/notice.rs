//! NOTICE sends a text that must not be answered automatically.
//!
//! <https://modern.ircdocs.horse/#notice-message>

use super::Facts;
use crate::message::Params;

/// NOTICE with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice<'a> {
    /// Channels and nicks separated by commas.
    pub targets: Option<&'a str>,
    /// The text.
    pub text: Option<&'a str>,
}

/// The facts of NOTICE, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "<target>{,<target>} <text>",
    help: "Sends text like PRIVMSG, but no program may answer it automatically.",
};

/// The word on the wire.
pub const NAME: &str = "NOTICE";

impl<'a> From<&Params<'a>> for Notice<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { targets: params.first().copied(), text: params.get(1).copied() }
    }
}
