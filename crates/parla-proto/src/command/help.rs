//! HELP explains commands.
//!
//! <https://modern.ircdocs.horse/#help-message>

use super::Facts;
use crate::message::Params;

/// HELP with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Help<'a> {
    /// A command or another subject; `None` asks for the list.
    pub subject: Option<&'a str>,
}

/// The facts of HELP, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "[<command>]",
    help: "Explains a command. Without a command, lists everything that HELP can explain.",
};

/// The word on the wire.
pub const NAME: &str = "HELP";

/// Another word for the same command, which some clients send.
pub const ALIAS: &str = "HELPOP";

impl<'a> From<&Params<'a>> for Help<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { subject: params.first().copied().filter(|text| !text.is_empty()) }
    }
}
