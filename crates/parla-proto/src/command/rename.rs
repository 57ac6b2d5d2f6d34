//! RENAME renames a channel.
//!
//! <https://ircv3.net/specs/extensions/channel-rename>

use super::{Facts, at};
use crate::message::Params;

/// RENAME with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rename<'a> {
    /// The channel.
    pub channel: &'a str,
    /// The new name.
    pub name: &'a str,
    /// The reason, if one is given.
    pub reason: Option<&'a str>,
}

/// The facts of RENAME, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 2,
    before_registration: false,
    syntax: "<channel> <new name> [<reason>]",
    help: "Gives a channel another name; its members, topic and modes stay.",
};

/// The word on the wire.
pub const NAME: &str = "RENAME";

impl<'a> From<&Params<'a>> for Rename<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self {
            channel: at(params, 0),
            name: at(params, 1),
            reason: params.get(2).copied().filter(|text| !text.is_empty()),
        }
    }
}
