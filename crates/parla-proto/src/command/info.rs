//! INFO says what software a server runs.
//!
//! <https://modern.ircdocs.horse/#info-message>

use super::Facts;
use crate::message::Params;

/// INFO with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info<'a> {
    /// The server to ask; `None` means this one.
    pub server: Option<&'a str>,
}

/// The facts of INFO, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "[<server>]",
    help: "Tells what software this is and when it was started.",
};

/// The word on the wire.
pub const NAME: &str = "INFO";

impl<'a> From<&Params<'a>> for Info<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { server: params.first().copied().filter(|text| !text.is_empty()) }
    }
}
