//! MODE shows and changes modes.
//!
//! <https://modern.ircdocs.horse/#mode-message>

use super::{Facts, at};
use crate::message::Params;

/// MODE with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mode<'a> {
    /// A channel or a nick.
    pub target: &'a str,
    /// Letters with `+` and `-`; `None` asks for the current modes.
    pub modes: Option<&'a str>,
    /// Parameters of the letters, in order.
    pub params: Params<'a>,
}

/// The facts of MODE, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 1,
    before_registration: false,
    syntax: "<target> [<modes> [<parameter>...]]",
    help: "Shows or changes the modes of a channel, or your own. HELP CMODES and HELP UMODES list them.",
};

/// The word on the wire.
pub const NAME: &str = "MODE";

impl<'a> From<&Params<'a>> for Mode<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self {
            target: at(params, 0),
            modes: params.get(1).copied(),
            params: params.iter().skip(2).copied().collect(),
        }
    }
}
