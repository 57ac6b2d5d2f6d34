//! OPER makes its sender an operator of the server.
//!
//! <https://modern.ircdocs.horse/#oper-message>

use super::{Facts, at};
use crate::message::Params;

/// OPER with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Oper<'a> {
    /// The operator's name in the configuration.
    pub name: &'a str,
    /// The operator's password; never logged.
    pub password: &'a str,
}

/// The facts of OPER, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 2,
    before_registration: false,
    syntax: "<name> <password>",
    help: "Makes you an operator of this server, with a name and a password from its configuration.",
};

/// The word on the wire.
pub const NAME: &str = "OPER";

impl<'a> From<&Params<'a>> for Oper<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { name: at(params, 0), password: at(params, 1) }
    }
}
