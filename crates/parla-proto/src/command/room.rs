//! ROOM repairs a channel: it deletes it, resets it, or gives it to another owner.
//!
//! This command is parla's own; other networks use services for it.

use super::{Facts, at};
use crate::message::Params;

/// ROOM with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room<'a> {
    /// `DELETE`, `RESET` or `GIVE`, in any case.
    pub subcommand: &'a str,
    /// The channel.
    pub channel: &'a str,
    /// The nick of the new owner, or the reason for the deletion.
    pub argument: Option<&'a str>,
}

/// The facts of ROOM, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 2,
    before_registration: false,
    syntax: "DELETE <channel> [<reason>] | RESET <channel> | GIVE <channel> <nick>",
    help: "DELETE deletes a channel with its history. RESET removes its key, limit, forward, bans and exceptions and gives it the modes of a new one. GIVE makes a member the only one with a rank above voice. For operators with the privilege channels.",
};

/// The word on the wire.
pub const NAME: &str = "ROOM";

impl<'a> From<&Params<'a>> for Room<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { subcommand: at(params, 0), channel: at(params, 1), argument: params.get(2).copied() }
    }
}
