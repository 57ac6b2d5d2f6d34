//! ISON tells which of some nicks are online.
//!
//! <https://datatracker.ietf.org/doc/html/rfc1459#section-5.8>

use super::Facts;
use crate::message::Params;

/// ISON with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ison<'a> {
    /// Nicks; a parameter may also contain several, separated by spaces.
    pub nicks: Params<'a>,
}

/// The facts of ISON, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 1,
    before_registration: false,
    syntax: "<nick>{ <nick>}",
    help: "Tells which of these people are online.",
};

/// The word on the wire.
pub const NAME: &str = "ISON";

impl<'a> From<&Params<'a>> for Ison<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { nicks: params.clone() }
    }
}
