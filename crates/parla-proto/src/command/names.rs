//! NAMES lists the members of channels.
//!
//! <https://modern.ircdocs.horse/#names-message>

use super::Facts;
use crate::message::Params;

/// NAMES with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names<'a> {
    /// Channel names, separated by commas.
    pub channels: Option<&'a str>,
}

/// The facts of NAMES, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "[<channel>{,<channel>}]",
    help: "Lists who is in these channels.",
};

/// The word on the wire.
pub const NAME: &str = "NAMES";

impl<'a> From<&Params<'a>> for Names<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { channels: params.first().copied().filter(|text| !text.is_empty()) }
    }
}
