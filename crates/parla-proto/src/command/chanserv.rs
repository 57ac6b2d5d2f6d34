//! CHANSERV sends a command to the service for channels.

use super::{Facts, words};
use crate::message::Params;

/// CHANSERV with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chanserv<'a> {
    /// The words of the service's command.
    pub words: Vec<&'a str>,
}

/// The facts of CHANSERV, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "<command> [<parameters>]",
    help: "Speaks to ChanServ, the service for channels: CHANSERV HELP lists what it can do. CS is a shorter name.",
};

/// The word on the wire.
pub const NAME: &str = "CHANSERV";

/// Another word for the same command.
pub const ALIAS: &str = "CS";

impl<'a> From<&Params<'a>> for Chanserv<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { words: words(params) }
    }
}
