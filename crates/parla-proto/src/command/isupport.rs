//! ISUPPORT asks for the tokens of RPL_ISUPPORT.
//!
//! <https://ircv3.net/specs/extensions/extended-isupport>

use super::Facts;
use crate::message::Params;

/// ISUPPORT with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Isupport;

/// The facts of ISUPPORT, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: true,
    syntax: "",
    help: "Tells you the limits and features of this server again, as when you connected.",
};

/// The word on the wire.
pub const NAME: &str = "ISUPPORT";

impl From<&Params<'_>> for Isupport {
    fn from(_: &Params<'_>) -> Self {
        Self
    }
}
