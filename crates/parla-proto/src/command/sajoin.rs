//! SAJOIN brings someone into a channel past its doors.
//!
//! As InspIRCd and Ergo have it: without a nick it is the operator who enters.

use super::{Facts, meant};
use crate::message::Params;

/// SAJOIN with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sajoin<'a> {
    /// Who; none: the operator.
    pub nick: Option<&'a str>,
    /// Which, separated by commas; empty if they are missing.
    pub channels: &'a str,
}

/// What is to be known of SAJOIN.
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
        let (nick, channels, _) = meant(params);
        Self { nick, channels }
    }
}
