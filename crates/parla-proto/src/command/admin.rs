//! ADMIN says who runs a server.
//!
//! <https://modern.ircdocs.horse/#admin-message>

use super::Facts;
use crate::message::Params;

/// ADMIN with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admin<'a> {
    /// The server to ask; `None` means this one.
    pub server: Option<&'a str>,
}

/// The facts of ADMIN, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "[<server>]",
    help: "Tells who runs this server and how to reach them.",
};

/// The word on the wire.
pub const NAME: &str = "ADMIN";

impl<'a> From<&Params<'a>> for Admin<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { server: params.first().copied().filter(|text| !text.is_empty()) }
    }
}
