//! CAP negotiates capabilities.
//!
//! <https://ircv3.net/specs/extensions/capability-negotiation>

use super::{Facts, at};
use crate::message::Params;

/// CAP with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap<'a> {
    /// LS, LIST, REQ or END, in any case.
    pub subcommand: &'a str,
    /// The version after LS, or the list after REQ.
    pub argument: Option<&'a str>,
}

/// The facts of CAP, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 1,
    before_registration: true,
    syntax: "<subcommand> [<capabilities>]",
    help: "Agrees on extensions of the protocol: LS lists what the server has, REQ asks for some, LIST shows those in use, END goes on with connecting.",
};

/// The word on the wire.
pub const NAME: &str = "CAP";

impl<'a> From<&Params<'a>> for Cap<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { subcommand: at(params, 0), argument: params.get(1).copied() }
    }
}
