//! QUIT ends the connection.
//!
//! <https://modern.ircdocs.horse/#quit-message>

use super::Facts;
use crate::message::Params;

/// QUIT with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quit<'a> {
    /// The reason, if one is given.
    pub reason: Option<&'a str>,
}

/// The facts of QUIT, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: true,
    syntax: "[<reason>]",
    help: "Ends your connection, and tells the others why if you like.",
};

/// The word on the wire.
pub const NAME: &str = "QUIT";

impl<'a> From<&Params<'a>> for Quit<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { reason: params.first().copied().filter(|text| !text.is_empty()) }
    }
}
