//! PART leaves channels.
//!
//! <https://modern.ircdocs.horse/#part-message>

use super::{Facts, at};
use crate::message::Params;

/// PART with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// Channel names, separated by commas.
    pub channels: &'a str,
    /// The reason, if one is given.
    pub reason: Option<&'a str>,
}

/// The facts of PART, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 1,
    before_registration: false,
    syntax: "<channel>{,<channel>} [<reason>]",
    help: "Leaves channels, and tells the others why if you like.",
};

/// The word on the wire.
pub const NAME: &str = "PART";

impl<'a> From<&Params<'a>> for Part<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { channels: at(params, 0), reason: params.get(1).copied().filter(|text| !text.is_empty()) }
    }
}
