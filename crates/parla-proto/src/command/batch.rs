//! BATCH opens and closes a batch of a client's lines.
//!
//! <https://ircv3.net/specs/extensions/client-batch>

use super::{Facts, at};
use crate::message::Params;

/// BATCH with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch<'a> {
    /// The batch's name, after a `+` to open it or a `-` to close it.
    pub reference: &'a str,
    /// The batch's type, when it is opened.
    pub kind: Option<&'a str>,
    /// The parameters of the type.
    pub params: Params<'a>,
}

/// The facts of BATCH, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 1,
    before_registration: false,
    syntax: "+<reference> <type> [<parameter>...] | -<reference>",
    help: "Opens or closes a group of lines that belong together, such as a message of several lines. Clients do this for you.",
};

/// The word on the wire.
pub const NAME: &str = "BATCH";

impl<'a> From<&Params<'a>> for Batch<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self {
            reference: at(params, 0),
            kind: params.get(1).copied().filter(|text| !text.is_empty()),
            params: params.iter().skip(2).copied().collect(),
        }
    }
}
