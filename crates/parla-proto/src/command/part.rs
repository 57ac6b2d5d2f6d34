//! PART leaves channels.
//!
//! <https://modern.ircdocs.horse/#part-message>

use super::{Facts, at};
use crate::message::Params;

/// PART with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// Names separated by commas.
    pub channels: &'a str,
    /// Why.
    pub reason: Option<&'a str>,
}

/// What is to be known of PART.
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
