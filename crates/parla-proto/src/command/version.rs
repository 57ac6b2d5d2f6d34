//! VERSION tells what the server is.
//!
//! <https://modern.ircdocs.horse/#version-message>

use super::Facts;
use crate::message::Params;

/// VERSION with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version<'a> {
    /// Which server; this one if there is none.
    pub server: Option<&'a str>,
}

/// What is to be known of VERSION.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "[<server>]",
    help: "Tells the server's version, its limits and its features.",
};

/// The word on the wire.
pub const NAME: &str = "VERSION";

impl<'a> From<&Params<'a>> for Version<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { server: params.first().copied() }
    }
}
