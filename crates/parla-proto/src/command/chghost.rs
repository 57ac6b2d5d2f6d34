//! CHGHOST changes the host that others see for a user.
//!
//! <https://ircv3.net/specs/extensions/chghost>

use super::{Facts, at};
use crate::message::Params;

/// CHGHOST with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chghost<'a> {
    /// The user whose host is changed.
    pub nick: &'a str,
    /// The new host.
    pub host: &'a str,
}

/// The facts of CHGHOST, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 2,
    before_registration: false,
    syntax: "<nick> <host>",
    help: "Gives someone another host, which others then see. For operators with the privilege hosts.",
};

/// The word on the wire.
pub const NAME: &str = "CHGHOST";

impl<'a> From<&Params<'a>> for Chghost<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { nick: at(params, 0), host: at(params, 1) }
    }
}
