//! PONG answers a PING.
//!
//! <https://modern.ircdocs.horse/#pong-message>

use super::Facts;
use crate::message::Params;

/// PONG with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pong<'a> {
    /// The text of the PING.
    pub token: Option<&'a str>,
}

/// The facts of PONG, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: true,
    syntax: "<token>",
    help: "Answers the server's PING. Clients do this for you.",
};

/// The word on the wire.
pub const NAME: &str = "PONG";

impl<'a> From<&Params<'a>> for Pong<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { token: params.first().copied() }
    }
}
