//! WALLOPS tells something to all who want to hear of operators.
//!
//! <https://modern.ircdocs.horse/#wallops-message>

use super::{Facts, at};
use crate::message::Params;

/// WALLOPS with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wallops<'a> {
    /// What.
    pub text: &'a str,
}

/// What is to be known of WALLOPS.
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
