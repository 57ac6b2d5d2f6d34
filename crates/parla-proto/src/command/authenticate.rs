//! AUTHENTICATE logs in with SASL.
//!
//! <https://ircv3.net/specs/extensions/sasl-3.1>

use super::{Facts, at};
use crate::message::Params;

/// AUTHENTICATE with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authenticate<'a> {
    /// A mechanism, a part of the exchange, or `*` to give up.
    pub data: &'a str,
}

/// The facts of AUTHENTICATE, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 1,
    before_registration: true,
    syntax: "<mechanism or data>",
    help: "Signs you in to an account (SASL). Clients do this for you once they know your account and password.",
};

/// The word on the wire.
pub const NAME: &str = "AUTHENTICATE";

impl<'a> From<&Params<'a>> for Authenticate<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { data: at(params, 0) }
    }
}
