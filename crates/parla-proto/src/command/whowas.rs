//! WHOWAS shows users who have left or changed their nick.
//!
//! <https://modern.ircdocs.horse/#whowas-message>

use super::Facts;
use crate::message::Params;

/// WHOWAS with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whowas<'a> {
    /// Nicks, separated by commas.
    pub nicks: Option<&'a str>,
    /// The maximum number of entries for each nick, counted from the newest.
    pub count: Option<&'a str>,
}

/// The facts of WHOWAS, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "<nick>{,<nick>} [<count>]",
    help: "Tells who used a nick before and is now gone or has another one, the latest first.",
};

/// The word on the wire.
pub const NAME: &str = "WHOWAS";

impl<'a> From<&Params<'a>> for Whowas<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self {
            nicks: params.first().copied().filter(|text| !text.is_empty()),
            count: params.get(1).copied().filter(|text| !text.is_empty()),
        }
    }
}
