//! VERSION shows the server's software and version.
//!
//! <https://modern.ircdocs.horse/#version-message>

use super::Facts;
use crate::message::Params;

/// VERSION with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version<'a> {
    /// The server to ask; `None` means this one.
    pub server: Option<&'a str>,
}

/// The facts of VERSION, for the checks, HELP and the manual.
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
