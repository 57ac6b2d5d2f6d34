//! AWAY says that one is away, or back.
//!
//! <https://modern.ircdocs.horse/#away-message>

use super::Facts;
use crate::message::Params;

/// AWAY with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Away<'a> {
    /// Why; none means that one is back.
    pub reason: Option<&'a str>,
}

/// What is to be known of AWAY.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "[<reason>]",
    help: "Tells others that you are away, and why. Without a reason you are back.",
};

/// The word on the wire.
pub const NAME: &str = "AWAY";

impl<'a> From<&Params<'a>> for Away<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { reason: params.first().copied().filter(|text| !text.is_empty()) }
    }
}
