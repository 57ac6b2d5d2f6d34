//! TIME shows a server's time.
//!
//! <https://modern.ircdocs.horse/#time-message>

use super::Facts;
use crate::message::Params;

/// TIME with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time<'a> {
    /// The server to ask; `None` means this one.
    pub server: Option<&'a str>,
}

/// The facts of TIME, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "[<server>]",
    help: "Tells the server's time, in UTC.",
};

/// The word on the wire.
pub const NAME: &str = "TIME";

impl<'a> From<&Params<'a>> for Time<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { server: params.first().copied().filter(|text| !text.is_empty()) }
    }
}
