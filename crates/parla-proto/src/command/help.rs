//! HELP explains commands.
//!
//! <https://modern.ircdocs.horse/#help-message>

use super::Facts;
use crate::message::Params;

/// HELP with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Help<'a> {
    /// A command or another word; none asks for the list.
    pub subject: Option<&'a str>,
}

/// What is to be known of HELP.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "[<command>]",
    help: "Tells what a command does. Without a command, lists the subjects that there is help on.",
};

/// The word on the wire.
pub const NAME: &str = "HELP";

/// The same by another word, which some clients send.
pub const ALIAS: &str = "HELPOP";

impl<'a> From<&Params<'a>> for Help<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { subject: params.first().copied().filter(|text| !text.is_empty()) }
    }
}
