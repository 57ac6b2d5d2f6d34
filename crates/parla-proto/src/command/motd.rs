//! MOTD shows the message of the day.
//!
//! <https://modern.ircdocs.horse/#motd-message>

use super::Facts;
use crate::message::Params;

/// MOTD with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Motd<'a> {
    /// The server to ask; `None` means this one.
    pub server: Option<&'a str>,
}

/// The facts of MOTD, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "[<server>]",
    help: "Shows the message of the day.",
};

/// The word on the wire.
pub const NAME: &str = "MOTD";

impl<'a> From<&Params<'a>> for Motd<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { server: params.first().copied() }
    }
}
