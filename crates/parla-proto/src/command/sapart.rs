//! SAPART takes a user out of a channel.
//!
//! It works as in InspIRCd and UnrealIRCd; the operator leaves if no nick is given.

use super::{Facts, nick_and_channels};
use crate::message::Params;

/// SAPART with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sapart<'a> {
    /// The user; `None` means the operator.
    pub nick: Option<&'a str>,
    /// Channels, separated by commas; empty if missing.
    pub channels: &'a str,
    /// The reason, if one is given.
    pub reason: Option<&'a str>,
}

/// The facts of SAPART, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 1,
    before_registration: false,
    syntax: "[<nick>] <channel>{,<channel>} [<reason>]",
    help: "Takes someone, or yourself, out of channels. For operators with the privilege channels.",
};

/// The word on the wire.
pub const NAME: &str = "SAPART";

impl<'a> From<&Params<'a>> for Sapart<'a> {
    fn from(params: &Params<'a>) -> Self {
        let (nick, channels, reason) = nick_and_channels(params);
        Self { nick, channels, reason }
    }
}
