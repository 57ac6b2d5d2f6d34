//! KILL ends the connection of a user.
//!
//! <https://modern.ircdocs.horse/#kill-message>

use super::{Facts, at};
use crate::message::Params;

/// KILL with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kill<'a> {
    /// Whose.
    pub nick: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// What is to be known of KILL.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 2,
    before_registration: false,
    syntax: "<nick> <reason>",
    help: "Ends someone's connection. For operators.",
};

/// The word on the wire.
pub const NAME: &str = "KILL";

impl<'a> From<&Params<'a>> for Kill<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { nick: at(params, 0), reason: at(params, 1) }
    }
}
