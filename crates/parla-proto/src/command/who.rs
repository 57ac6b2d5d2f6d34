//! WHO lists users.
//!
//! <https://modern.ircdocs.horse/#who-message>, <https://ircv3.net/specs/extensions/whox>

use super::Facts;
use crate::message::Params;

/// WHO with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Who<'a> {
    /// A channel, a nick or a mask.
    pub mask: Option<&'a str>,
    /// Flags and, after a `%`, the requested fields.
    pub query: Option<&'a str>,
}

/// The facts of WHO, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "<mask> [[o][%<fields>[,<token>]]]",
    help: "Lists the people in a channel, or those whose nick, user name, host or real name matches a mask such as *.example.org; with o only operators. Letters after % choose the columns.",
};

/// The word on the wire.
pub const NAME: &str = "WHO";

impl<'a> From<&Params<'a>> for Who<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self {
            mask: params.first().copied().filter(|text| !text.is_empty()),
            query: params.get(1).copied().filter(|text| !text.is_empty()),
        }
    }
}
