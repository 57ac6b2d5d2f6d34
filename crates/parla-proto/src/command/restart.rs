//! RESTART restarts the server.
//!
//! <https://modern.ircdocs.horse/#restart-message>

use super::Facts;
use crate::message::Params;

/// RESTART with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restart;

/// The facts of RESTART, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "",
    help: "Stops the server and starts it again at once; everyone is disconnected. For operators with the privilege die.",
};

/// The word on the wire.
pub const NAME: &str = "RESTART";

impl From<&Params<'_>> for Restart {
    fn from(_: &Params<'_>) -> Self {
        Self
    }
}
