//! NICK takes a name.
//!
//! <https://modern.ircdocs.horse/#nick-message>

use super::Facts;
use crate::message::Params;

/// NICK with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nick<'a> {
    /// The name; asked for as a parameter of its own error.
    pub nick: Option<&'a str>,
}

/// What is to be known of NICK.
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
