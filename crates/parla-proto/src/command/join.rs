//! JOIN enters channels.
//!
//! <https://modern.ircdocs.horse/#join-message>

use super::{Facts, at};
use crate::message::Params;

/// JOIN with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Join<'a> {
    /// Channel names separated by commas; `0` leaves all channels.
    pub channels: &'a str,
    /// Keys separated by commas, in the same order.
    pub keys: Option<&'a str>,
}

/// The facts of JOIN, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 1,
    before_registration: false,
    syntax: "<channel>{,<channel>} [<key>{,<key>}]",
    help: "Joins channels. If they have keys, give these after the names, in the same order. If a channel does not exist, this creates it and makes you its operator.",
};

/// The word on the wire.
pub const NAME: &str = "JOIN";

impl<'a> From<&Params<'a>> for Join<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { channels: at(params, 0), keys: params.get(1).copied() }
    }
}
