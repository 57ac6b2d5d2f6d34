//! MARKREAD stores or asks how far the user has read.
//!
//! <https://ircv3.net/specs/extensions/read-marker>

use super::Facts;
use crate::message::Params;

/// MARKREAD with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Markread<'a> {
    /// A channel or a nick.
    pub target: Option<&'a str>,
    /// `timestamp=` and the time of the last message that was read; `None` asks for it.
    pub timestamp: Option<&'a str>,
}

/// The facts of MARKREAD, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "<target> [timestamp=<time>]",
    help: "Remembers up to which time you have read a conversation. Without a time, tells you that time.",
};

/// The word on the wire.
pub const NAME: &str = "MARKREAD";

impl<'a> From<&Params<'a>> for Markread<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self {
            target: params.first().copied().filter(|text| !text.is_empty()),
            timestamp: params.get(1).copied().filter(|text| !text.is_empty()),
        }
    }
}
