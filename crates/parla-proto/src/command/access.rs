//! ACCESS says who may come in, and lets the owner of the server decide it.
//!
//! This command is parla's own.

use super::Facts;
use crate::message::Params;

/// ACCESS with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access<'a> {
    /// `open`, `accounts` or `invite`; `None` asks what is so.
    pub policy: Option<&'a str>,
}

/// The facts of ACCESS, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "[open | accounts | invite]",
    help: "Tells who may come in. An owner of the server decides it: everybody (open), those who sign in (accounts), or those who sign in and needed an invitation for their account (invite). If the configuration file says it, the file wins.",
};

/// The word on the wire.
pub const NAME: &str = "ACCESS";

impl<'a> From<&Params<'a>> for Access<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { policy: params.first().copied().filter(|policy| !policy.is_empty()) }
    }
}
