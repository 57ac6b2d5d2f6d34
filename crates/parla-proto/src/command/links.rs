//! LINKS lists the servers of a network.
//!
//! <https://modern.ircdocs.horse/#links-message>

use super::Facts;
use crate::message::Params;

/// LINKS with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Links<'a> {
    /// The server to ask, if a mask follows; `None` means this one.
    pub server: Option<&'a str>,
    /// A mask for the servers to list.
    pub mask: Option<&'a str>,
}

/// The facts of LINKS, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 0,
    before_registration: false,
    syntax: "[[<server>] <mask>]",
    help: "Lists the servers of this network. There is always one, even if the network has several machines.",
};

/// The word on the wire.
pub const NAME: &str = "LINKS";

impl<'a> From<&Params<'a>> for Links<'a> {
    fn from(params: &Params<'a>) -> Self {
        let (server, mask) = match params.as_slice() {
            [server, mask, ..] => (Some(*server), Some(*mask)),
            [mask] => (None, Some(*mask)),
            [] => (None, None),
        };
        Self { server, mask: mask.filter(|text| !text.is_empty()) }
    }
}
