//! SETNAME changes the sender's real name.
//!
//! <https://ircv3.net/specs/extensions/setname>

use super::{Facts, at};
use crate::message::Params;

/// SETNAME with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setname<'a> {
    /// The new real name.
    pub realname: &'a str,
}

/// The facts of SETNAME, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 1,
    before_registration: false,
    syntax: "<real name>",
    help: "Changes your real name.",
};

/// The word on the wire.
pub const NAME: &str = "SETNAME";

impl<'a> From<&Params<'a>> for Setname<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { realname: at(params, 0) }
    }
}
