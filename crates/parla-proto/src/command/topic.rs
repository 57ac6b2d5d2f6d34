//! TOPIC shows or sets a channel's topic.
//!
//! <https://modern.ircdocs.horse/#topic-message>

use super::{Facts, at};
use crate::message::Params;

/// TOPIC with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topic<'a> {
    /// The channel.
    pub channel: &'a str,
    /// The new topic, where empty clears it; `None` asks for the current one.
    pub topic: Option<&'a str>,
}

/// The facts of TOPIC, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 1,
    before_registration: false,
    syntax: "<channel> [<topic>]",
    help: "Shows the topic of a channel, or sets it. An empty topic clears it.",
};

/// The word on the wire.
pub const NAME: &str = "TOPIC";

impl<'a> From<&Params<'a>> for Topic<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { channel: at(params, 0), topic: params.get(1).copied() }
    }
}
