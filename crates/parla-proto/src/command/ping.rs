//! PING asks whether the other side is still there.
//!
//! <https://modern.ircdocs.horse/#ping-message>

use super::Facts;
use crate::message::Params;

/// PING with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ping<'a> {
    /// Any text, which the PONG repeats.
    pub token: Option<&'a str>,
}

/// The facts of PING, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: true,
    syntax: "<token>",
    help: "Asks the server to answer with the same token, to check that the connection works.",
};

/// The word on the wire.
pub const NAME: &str = "PING";

impl<'a> From<&Params<'a>> for Ping<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { token: params.first().copied() }
    }
}
