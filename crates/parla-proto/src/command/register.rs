//! REGISTER creates an account.
//!
//! <https://ircv3.net/specs/extensions/account-registration>

use super::{Facts, at};
use crate::message::Params;

/// REGISTER with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Register<'a> {
    /// The account's name; `*` for the client's nick.
    pub account: &'a str,
    /// The e-mail address; `*` for none.
    pub email: &'a str,
    /// The account's password; never logged.
    pub password: &'a str,
}

/// The facts of REGISTER, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 3,
    before_registration: true,
    syntax: "<account or *> <e-mail or *> <password>",
    help: "Creates an account with your nick as its name, so that the nick is yours, and signs you in to it.",
};

/// The word on the wire.
pub const NAME: &str = "REGISTER";

impl<'a> From<&Params<'a>> for Register<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { account: at(params, 0), email: at(params, 1), password: at(params, 2) }
    }
}
