//! CHATHISTORY asks for earlier messages.
//!
//! <https://ircv3.net/specs/extensions/chathistory>

use super::{Facts, at};
use crate::message::Params;

/// CHATHISTORY with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chathistory<'a> {
    /// LATEST, BEFORE, AFTER, AROUND, BETWEEN or TARGETS, in upper or lower case.
    pub subcommand: &'a str,
    /// The target, bounds and limit, as the subcommand requires.
    pub arguments: Params<'a>,
}

/// The facts of CHATHISTORY, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 1,
    before_registration: false,
    syntax: "<subcommand> <target> <bounds> <limit>",
    help: "Gives earlier messages: LATEST, BEFORE, AFTER, AROUND and BETWEEN of one conversation; TARGETS lists the conversations in which something was said.",
};

/// The word on the wire.
pub const NAME: &str = "CHATHISTORY";

impl<'a> From<&Params<'a>> for Chathistory<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { subcommand: at(params, 0), arguments: params.iter().skip(1).copied().collect() }
    }
}
