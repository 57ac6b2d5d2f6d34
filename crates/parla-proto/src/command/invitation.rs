//! INVITATION manages codes with which people sign up and are brought into channels.
//!
//! This command is parla's own. INVITE, in contrast, invites somebody who is there to one channel.

use super::{Facts, at};
use crate::message::Params;

/// INVITATION with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation<'a> {
    /// `CREATE`, `LIST`, `REVOKE` or `ACCEPT`, in any case.
    pub subcommand: &'a str,
    /// What belongs to it; never logged, because a code may be among it.
    pub arguments: Vec<&'a str>,
}

/// The facts of INVITATION, for the checks, HELP and the manual.
pub const FACTS: Facts = Facts {
    name: NAME,
    params_min: 1,
    before_registration: false,
    syntax: "CREATE [<uses> [<days> [<channel>{,<channel>}]]] | LIST | REVOKE <id> | ACCEPT <code>",
    help: "CREATE makes a code with which people sign up and are brought into the channels; without numbers, or with *, one person can use it within 7 days. The owner of a channel can invite to it; operators with the privilege accounts can invite to all channels, or to none. LIST shows the codes that you made, or all of them to operators. REVOKE ends one. ACCEPT uses one, if you are signed in already. Whoever has no account yet connects with PASS invite:<code>.",
};

/// The word on the wire.
pub const NAME: &str = "INVITATION";

impl<'a> From<&Params<'a>> for Invitation<'a> {
    fn from(params: &Params<'a>) -> Self {
        Self { subcommand: at(params, 0), arguments: params.iter().skip(1).copied().collect() }
    }
}
