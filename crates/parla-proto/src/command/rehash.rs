//! REHASH makes the server read its configuration again.
//!
//! <https://modern.ircdocs.horse/#rehash-message>

use super::Facts;
use crate::message::Params;

/// REHASH with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rehash;

/// The facts of REHASH, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "",
    help: "Reads the server's configuration again while everyone stays connected. For operators with the privilege rehash.",
};

/// The word on the wire.
pub const NAME: &str = "REHASH";

impl From<&Params<'_>> for Rehash {
    fn from(_: &Params<'_>) -> Self {
        Self
    }
}
