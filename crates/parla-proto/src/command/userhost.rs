//! USERHOST shows the user names and hosts of some users.
//!
//! <https://modern.ircdocs.horse/#userhost-message>

use super::Facts;
use crate::message::Params;

/// USERHOST with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Userhost<'a> {
    /// Nicks, up to five.
    pub nicks: Params<'a>,
}

/// The facts of USERHOST, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 1,
    before_registration: false,
    syntax: "<nick>{ <nick>}",
    help: "Tells where up to five people connect from; * marks operators, - marks people who are away.",
};

/// The word on the wire.
pub const NAME: &str = "USERHOST";

impl<'a> From<&Params<'a>> for Userhost<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { nicks: params.clone() }
    }
}
