//! KICK removes members from a channel.
//!
//! <https://modern.ircdocs.horse/#kick-message>

use super::{Facts, at};
use crate::message::Params;

/// KICK with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kick<'a> {
    /// One channel, or one for each nick, separated by commas.
    pub channels: &'a str,
    /// The members to remove, separated by commas.
    pub nicks: &'a str,
    /// The reason, if one is given.
    pub reason: Option<&'a str>,
}

/// The facts of KICK, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 2,
    before_registration: false,
    syntax: "<channel>{,<channel>} <nick>{,<nick>} [<reason>]",
    help: "Removes members from a channel. With several channels, each nick is removed from the channel at the same place in the list.",
};

/// The word on the wire.
pub const NAME: &str = "KICK";

impl<'a> From<&Params<'a>> for Kick<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self {
            channels: at(params, 0),
            nicks: at(params, 1),
            reason: params.get(2).copied().filter(|text| !text.is_empty()),
        }
    }
}
