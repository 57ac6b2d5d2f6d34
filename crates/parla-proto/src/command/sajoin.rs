//! SAJOIN brings a user into a channel, whatever its modes say.
//!
//! As in InspIRCd and Ergo, the operator enters if no nick is given.

use super::{Facts, nick_and_channels};
use crate::message::Params;

/// SAJOIN with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sajoin<'a> {
    /// The user; `None` means the operator.
    pub nick: Option<&'a str>,
    /// Channels, separated by commas; empty if missing.
    pub channels: &'a str,
}

/// The facts of SAJOIN, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 1,
    before_registration: false,
    syntax: "[<nick>] <channel>{,<channel>}",
    help: "Brings someone, or yourself, into channels in spite of bans, keys and limits. For operators with the privilege channels.",
};

/// The word on the wire.
pub const NAME: &str = "SAJOIN";

impl<'a> From<&Params<'a>> for Sajoin<'a> {
    fn from(params: &Params<'a>) -> Self {
        let (nick, channels, _) = nick_and_channels(params);
        Self { nick, channels }
    }
}
