//! MOTD shows the message of the day.
//!
//! <https://modern.ircdocs.horse/#motd-message>

use super::Facts;
use crate::message::Params;

/// MOTD with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Motd<'a> {
    /// Which server; this one if there is none.
    pub server: Option<&'a str>,
}

/// What is to be known of MOTD.
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
