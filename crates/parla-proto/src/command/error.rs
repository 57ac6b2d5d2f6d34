//! ERROR is sent by servers; from a client it has no meaning.
//!
//! <https://modern.ircdocs.horse/#error-message>

use super::Facts;
use crate::message::Params;

/// ERROR with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error;

/// The facts of ERROR, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: true,
    syntax: "",
    help: "Says why the server closes a connection. Servers send it; from clients it is ignored.",
};

/// The word on the wire.
pub const NAME: &str = "ERROR";

impl From<&Params<'_>> for Error {
    fn from(_: &Params<'_>) -> Self {
        Self
    }
}
