//! SAMODE changes the modes of a channel and the ranks in it without regard to the sender's own rank.
//!
//! It works as in InspIRCd and UnrealIRCd, but for channels only.

use super::{Facts, at};
use crate::message::Params;

/// SAMODE with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Samode<'a> {
    /// The channel.
    pub channel: &'a str,
    /// Letters with `+` and `-`.
    pub modes: &'a str,
    /// Parameters of the letters, in order.
    pub params: Params<'a>,
}

/// The facts of SAMODE, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 2,
    before_registration: false,
    syntax: "<channel> <modes> [<parameter>...]",
    help: "Changes the modes of a channel and the ranks of its members, even if you have no rank or are not there. For operators with the privilege channels.",
};

/// The word on the wire.
pub const NAME: &str = "SAMODE";

impl<'a> From<&Params<'a>> for Samode<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self {
            channel: at(params, 0),
            modes: at(params, 1),
            params: params.iter().skip(2).copied().collect(),
        }
    }
}
