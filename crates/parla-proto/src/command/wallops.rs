//! WALLOPS sends a text to all users who want to receive such messages.
//!
//! <https://modern.ircdocs.horse/#wallops-message>

use super::{Facts, at};
use crate::message::Params;

/// WALLOPS with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wallops<'a> {
    /// The text.
    pub text: &'a str,
}

/// The facts of WALLOPS, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 1,
    before_registration: false,
    syntax: "<text>",
    help: "Sends text to everyone who has user mode w. For operators.",
};

/// The word on the wire.
pub const NAME: &str = "WALLOPS";

impl<'a> From<&Params<'a>> for Wallops<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { text: at(params, 0) }
    }
}
