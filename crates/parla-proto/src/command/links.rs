//! LINKS lists the servers of a network.
//!
//! <https://modern.ircdocs.horse/#links-message>

use super::Facts;
use crate::message::Params;

/// LINKS with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Links<'a> {
    /// Which servers.
    pub mask: Option<&'a str>,
}

/// What is to be known of LINKS.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "[<server>]",
    help: "Lists the servers of this network.",
};

/// The word on the wire.
pub const NAME: &str = "LINKS";

impl<'a> From<&Params<'a>> for Links<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { mask: params.first().copied().filter(|text| !text.is_empty()) }
    }
}
