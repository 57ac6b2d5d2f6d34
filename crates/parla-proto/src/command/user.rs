//! USER gives the user name and real name during registration.
//!
//! <https://modern.ircdocs.horse/#user-message>

use super::{Facts, at};
use crate::message::Params;

/// USER with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User<'a> {
    /// The user name.
    pub user: &'a str,
    /// The real name.
    pub realname: &'a str,
}

/// The facts of USER, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 4,
    before_registration: true,
    syntax: "<user> 0 * <real name>",
    help: "Gives a user name and a real name while connecting.",
};

/// The word on the wire.
pub const NAME: &str = "USER";

impl<'a> From<&Params<'a>> for User<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { user: at(params, 0), realname: at(params, 3) }
    }
}
