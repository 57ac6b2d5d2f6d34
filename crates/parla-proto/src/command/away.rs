//! AWAY says that a user is away or back.
//!
//! <https://modern.ircdocs.horse/#away-message>

use super::Facts;
use crate::message::Params;

/// AWAY with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Away<'a> {
    /// The text for others; `None` means that the user is back.
    pub reason: Option<&'a str>,
}

/// The facts of AWAY, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "[<reason>]",
    help: "Marks you as away and tells others the reason. Without a reason, marks you as back.",
};

/// The word on the wire.
pub const NAME: &str = "AWAY";

impl<'a> From<&Params<'a>> for Away<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { reason: params.first().copied().filter(|text| !text.is_empty()) }
    }
}
