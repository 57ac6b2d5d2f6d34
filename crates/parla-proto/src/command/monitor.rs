//! MONITOR maintains a list of people. The client is told when they come and go.
//!
//! <https://ircv3.net/specs/extensions/monitor>

use super::{Facts, at};
use crate::message::Params;

/// MONITOR with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Monitor<'a> {
    /// `+`, `-`, `C`, `L` or `S`.
    pub subcommand: &'a str,
    /// Nicks, separated by commas.
    pub nicks: Option<&'a str>,
}

/// The facts of MONITOR, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 1,
    before_registration: false,
    syntax: "+|- <nick>{,<nick>} | C | L | S",
    help: "Tells you when people come and go. + and - change the list of nicks, L shows it, C clears it, S tells who is online.",
};

/// The word on the wire.
pub const NAME: &str = "MONITOR";

impl<'a> From<&Params<'a>> for Monitor<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { subcommand: at(params, 0), nicks: params.get(1).copied().filter(|text| !text.is_empty()) }
    }
}
