//! DIE stops the server.
//!
//! <https://modern.ircdocs.horse/#operator-messages>

use super::Facts;
use crate::message::Params;

/// DIE with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Die;

/// The facts of DIE, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "",
    help: "Stops the server and disconnects everyone. For operators with the privilege die.",
};

/// The word on the wire.
pub const NAME: &str = "DIE";

impl From<&Params<'_>> for Die {
    fn from(_: &Params<'_>) -> Self {
        Self
    }
}
