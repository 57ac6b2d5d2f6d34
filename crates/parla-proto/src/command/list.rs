//! LIST lists channels.
//!
//! <https://modern.ircdocs.horse/#list-message>

use super::Facts;
use crate::message::Params;

/// LIST with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List<'a> {
    /// Names and conditions separated by commas; all if there are none.
    pub channels: Option<&'a str>,
    /// More of them.
    pub conditions: Option<&'a str>,
}

/// What is to be known of LIST.
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
