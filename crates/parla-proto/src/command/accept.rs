//! ACCEPT lets somebody without an account write to the sender, whose mode `R` would keep them from it.
//!
//! <https://modern.ircdocs.horse/#rplacceptlist-281>

use super::Facts;
use crate::message::Params;

/// ACCEPT with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accept<'a> {
    /// Nicks, those with a `-` to be taken off the list; `*` or nothing asks for the list.
    pub nicks: &'a str,
}

/// The facts of ACCEPT, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "[<nick>{,-<nick>}]",
    help: "Lets people without an account write to you in spite of your mode R; those with a - no longer. Whomever you write to may answer anyway. Without a nick, lists them.",
};

/// The word on the wire.
pub const NAME: &str = "ACCEPT";

impl<'a> From<&Params<'a>> for Accept<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { nicks: params.first().copied().filter(|nicks| !nicks.is_empty()).unwrap_or("*") }
    }
}
