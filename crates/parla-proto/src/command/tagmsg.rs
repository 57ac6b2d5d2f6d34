//! TAGMSG sends tags without text.
//!
//! <https://ircv3.net/specs/extensions/message-tags>

use super::Facts;
use crate::message::Params;

/// TAGMSG with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tagmsg<'a> {
    /// Channels and nicks separated by commas.
    pub targets: Option<&'a str>,
}

/// The facts of TAGMSG, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "<target>{,<target>}",
    help: "Sends tags without text, such as a reaction or a typing notification.",
};

/// The word on the wire.
pub const NAME: &str = "TAGMSG";

impl<'a> From<&Params<'a>> for Tagmsg<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { targets: params.first().copied() }
    }
}
