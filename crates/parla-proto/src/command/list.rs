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
    help: "Lists channels with their topics and the number of their members. With conditions, lists only some: >3 those with more than three members, <3 with fewer, C<60 created less than 60 minutes ago, T<60 whose topic was set less than 60 minutes ago, *rust* whose name matches, !*rust* whose name does not.",
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
