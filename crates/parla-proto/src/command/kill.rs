//! KILL disconnects users.
//!
//! <https://modern.ircdocs.horse/#kill-message>

use super::{Facts, at};
use crate::message::Params;

/// KILL with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kill<'a> {
    /// The users' nicks, separated by commas.
    pub nicks: &'a str,
    /// The reason, if one is given.
    pub reason: Option<&'a str>,
}

/// The facts of KILL, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 1,
    before_registration: false,
    syntax: "<nick>{,<nick>} [<reason>]",
    help: "Ends the connections of others, who may come back. For operators with the privilege kill.",
};

/// The word on the wire.
pub const NAME: &str = "KILL";

impl<'a> From<&Params<'a>> for Kill<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { nicks: at(params, 0), reason: params.get(1).copied() }
    }
}
