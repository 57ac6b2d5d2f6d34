//! SAPART takes someone out of a channel.
//!
//! As InspIRCd and UnrealIRCd have it; without a nick it is the operator who leaves.

use super::{Facts, meant};
use crate::message::Params;

/// SAPART with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sapart<'a> {
    /// Who; none: the operator.
    pub nick: Option<&'a str>,
    /// Which, separated by commas; empty if they are missing.
    pub channels: &'a str,
    /// Why.
    pub reason: Option<&'a str>,
}

/// What is to be known of SAPART.
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
        let (nick, channels, reason) = meant(params);
        Self { nick, channels, reason }
    }
}
