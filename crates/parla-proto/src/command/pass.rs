//! PASS gives the server's password.
//!
//! <https://modern.ircdocs.horse/#pass-message>

use super::{Facts, at};
use crate::message::Params;

/// PASS with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass<'a> {
    /// The password; never logged.
    pub password: &'a str,
}

/// The facts of PASS, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 1,
    before_registration: true,
    syntax: "<password>",
    help: "Gives the server's password, if it has one; or signs in to an account, as account:password. Comes before all \
           other commands.",
};

/// The word on the wire.
pub const NAME: &str = "PASS";

impl<'a> From<&Params<'a>> for Pass<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { password: at(params, 0) }
    }
}
