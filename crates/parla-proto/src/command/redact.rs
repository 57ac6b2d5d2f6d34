//! REDACT deletes a message.
//!
//! <https://ircv3.net/specs/extensions/message-redaction>

use super::{Facts, at};
use crate::message::Params;

/// REDACT with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redact<'a> {
    /// The channel or user that it was sent to.
    pub target: &'a str,
    /// The msgid of the message.
    pub msgid: &'a str,
    /// The reason, if one is given.
    pub reason: Option<&'a str>,
}

/// The facts of REDACT, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 2,
    before_registration: false,
    syntax: "<target> <msgid> [<reason>]",
    help: "Deletes a message, for everyone whose client supports it.",
};

/// The word on the wire.
pub const NAME: &str = "REDACT";

impl<'a> From<&Params<'a>> for Redact<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self {
            target: at(params, 0),
            msgid: at(params, 1),
            reason: params.get(2).copied().filter(|text| !text.is_empty()),
        }
    }
}
