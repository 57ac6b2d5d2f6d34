//! METADATA reads and sets keys and values of users and channels.
//!
//! <https://ircv3.net/specs/extensions/metadata>

use super::{Facts, at};
use crate::message::Params;

/// METADATA with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata<'a> {
    /// A nick, a channel, or `*` for the client itself.
    pub target: &'a str,
    /// The subcommand, in either case.
    pub subcommand: Option<&'a str>,
    /// The parameters of the subcommand.
    pub params: Params<'a>,
}

/// The facts of METADATA, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 1,
    before_registration: true,
    syntax: "<target> <subcommand> [<parameter>...]",
    help: "Reads and changes what people and channels say about themselves, such as an avatar. GET, LIST and SYNC read values; SET and CLEAR change them. SUB and UNSUB choose the keys whose changes you are told of, and SUBS lists these keys.",
};

/// The word on the wire.
pub const NAME: &str = "METADATA";

impl<'a> From<&Params<'a>> for Metadata<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self {
            target: at(params, 0),
            subcommand: params.get(1).copied().filter(|text| !text.is_empty()),
            params: params.iter().skip(2).copied().collect(),
        }
    }
}
