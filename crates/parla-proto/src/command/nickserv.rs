//! NICKSERV sends a command to the service for accounts, so that no password can reach a person who has
//! taken the service's name.

use super::{Facts, words};
use crate::message::Params;

/// NICKSERV with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nickserv<'a> {
    /// The words of the service's command; never logged, because a password may be among them.
    pub words: Vec<&'a str>,
}

/// The facts of NICKSERV, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "<command> [<parameters>]",
    help: "Speaks to NickServ, the service for accounts: NICKSERV HELP lists what it can do. NS is a shorter name.",
};

/// The word on the wire.
pub const NAME: &str = "NICKSERV";

/// Another word for the same command.
pub const ALIAS: &str = "NS";

impl<'a> From<&Params<'a>> for Nickserv<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { words: words(params) }
    }
}
