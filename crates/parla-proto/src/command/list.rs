//! LIST lists channels.
//!
//! <https://modern.ircdocs.horse/#list-message>

use super::Facts;
use crate::message::Params;

/// LIST with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List<'a> {
    /// Channel names and conditions separated by commas; `None` lists all channels.
    pub channels: Option<&'a str>,
    /// More conditions.
    pub conditions: Option<&'a str>,
}

/// The facts of LIST, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "[<channel>{,<channel>}] [<condition>{,<condition>}]",
    help: "Lists channels with the number of their members and their topics. Conditions choose: >3 or <3 members, C<60 created within the last 60 minutes, T<60 with a topic set in that time, *rust* by name, !*rust* all others.",
};

/// The word on the wire.
pub const NAME: &str = "LIST";

impl<'a> From<&Params<'a>> for List<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self {
            channels: params.first().copied().filter(|text| !text.is_empty()),
            conditions: params.get(1).copied().filter(|text| !text.is_empty()),
        }
    }
}
