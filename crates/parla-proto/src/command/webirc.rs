//! WEBIRC lets a gateway announce the client that it connects.
//!
//! <https://ircv3.net/specs/extensions/webirc>

use super::{Facts, at};
use crate::message::Params;

/// WEBIRC with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Webirc<'a> {
    /// The gateway's password; never logged.
    pub password: &'a str,
    /// The gateway's name for itself.
    pub gateway: &'a str,
    /// The client's host name.
    pub hostname: &'a str,
    /// The client's address.
    pub address: &'a str,
    /// Options separated by spaces, such as `secure`.
    pub options: Option<&'a str>,
}

/// The facts of WEBIRC, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 4,
    before_registration: true,
    syntax: "<password> <gateway> <hostname> <address> [<options>]",
    help: "Tells the server the address of the person behind a gateway. For gateways that the configuration names.",
};

/// The word on the wire.
pub const NAME: &str = "WEBIRC";

impl<'a> From<&Params<'a>> for Webirc<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self {
            password: at(params, 0),
            gateway: at(params, 1),
            hostname: at(params, 2),
            address: at(params, 3),
            options: params.get(4).copied().filter(|text| !text.is_empty()),
        }
    }
}
