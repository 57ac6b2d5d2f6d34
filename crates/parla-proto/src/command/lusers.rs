//! LUSERS counts users.
//!
//! <https://modern.ircdocs.horse/#lusers-message>

use super::Facts;
use crate::message::Params;

/// LUSERS with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lusers;

/// The facts of LUSERS, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "",
    help: "Counts the people, operators, channels and connections on this server.",
};

/// The word on the wire.
pub const NAME: &str = "LUSERS";

impl From<&Params<'_>> for Lusers {
    fn from(_: &Params<'_>) -> Self {
        Self
    }
}
