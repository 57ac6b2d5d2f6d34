//! NICK chooses or changes the sender's nick.
//!
//! <https://modern.ircdocs.horse/#nick-message>

use super::Facts;
use crate::message::Params;

/// NICK with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nick<'a> {
    /// The nick. It is optional here because there is a special error for its absence.
    pub nick: Option<&'a str>,
}

/// The facts of NICK, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: true,
    syntax: "<nick>",
    help: "Changes your nick. While connecting, it sets your first one.",
};

/// The word on the wire.
pub const NAME: &str = "NICK";

impl<'a> From<&Params<'a>> for Nick<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { nick: params.first().copied().filter(|text| !text.is_empty()) }
    }
}
