//! STATS tells numbers of a server.
//!
//! <https://modern.ircdocs.horse/#stats-message>

use super::Facts;
use crate::message::Params;

/// STATS with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stats<'a> {
    /// A letter.
    pub query: Option<&'a str>,
    /// Which server; none means this one.
    pub server: Option<&'a str>,
}

/// What is to be known of STATS.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "<letter> [<server>]",
    help: "Shows statistics of this server: u how long it has been running, p which operators are online; for operators also m how often each command was used, o who may become an operator.",
};

/// The word on the wire.
pub const NAME: &str = "STATS";

impl<'a> From<&Params<'a>> for Stats<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self {
            query: params.first().copied().filter(|text| !text.is_empty()),
            server: params.get(1).copied(),
        }
    }
}
