//! INFO tells what software a server runs.
//!
//! <https://modern.ircdocs.horse/#info-message>

use super::Facts;
use crate::message::Params;

/// INFO with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info<'a> {
    /// Which server; none means this one.
    pub server: Option<&'a str>,
}

/// What is to be known of INFO.
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
