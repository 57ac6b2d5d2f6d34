//! SETNAME changes the real name.
//!
//! <https://ircv3.net/specs/extensions/setname>

use super::{Facts, at};
use crate::message::Params;

/// SETNAME with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setname<'a> {
    /// The new one.
    pub realname: &'a str,
}

/// What is to be known of SETNAME.
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
