//! WHOIS shows details about a user.
//!
//! <https://modern.ircdocs.horse/#whois-message>

use super::Facts;
use crate::message::Params;

/// WHOIS with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whois<'a> {
    /// The nick, or the server if a second parameter follows.
    pub first: Option<&'a str>,
    /// The nick, if the first parameter is a server.
    pub second: Option<&'a str>,
}

/// The facts of WHOIS, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "[<server>] <nick>",
    help: "Tells who someone is: name, channels, account, whether they are away and for how long they have been silent.",
};

/// The word on the wire.
pub const NAME: &str = "WHOIS";

impl<'a> From<&Params<'a>> for Whois<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self {
            first: params.first().copied().filter(|text| !text.is_empty()),
            second: params.get(1).copied().filter(|text| !text.is_empty()),
        }
    }
}
