//! PING asks whether the other side is there.
//!
//! <https://modern.ircdocs.horse/#ping-message>

use super::Facts;
use crate::message::Params;

/// PING with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ping<'a> {
    /// Any text.
    pub token: Option<&'a str>,
}

/// What is to be known of PING.
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
