//! STATS shows figures about a server.
//!
//! <https://modern.ircdocs.horse/#stats-message>

use super::Facts;
use crate::message::Params;

/// STATS with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stats<'a> {
    /// The letter that selects them.
    pub query: Option<&'a str>,
    /// The server to ask; `None` means this one.
    pub server: Option<&'a str>,
}

/// The facts of STATS, for the checks, HELP and the manual.
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
