//! RPL_LIST: the rooms there are.

use parla_proto::{CommandName, Timestamp};

use super::Incoming;
use crate::{client::Client, problem::ProblemKind};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>, now: Timestamp) {
    client.changes.directory |= client.directory.add(incoming.message, now);
}

/// RPL_TRYAGAIN: not now; whatever has come is all there is.
pub(super) fn refused(client: &mut Client, incoming: &Incoming<'_>) {
    let details = incoming.message.params.last().copied().unwrap_or_default();
    if CommandName::parse(incoming.param(1)) == Some(CommandName::List) {
        client.directory.interrupted();
        client.changes.directory = true;
    }
    client.complain(None, client.problem(ProblemKind::Throttled, "", details));
}

/// RPL_LISTEND.
pub(super) fn end(client: &mut Client) {
    client.directory.end();
    client.changes.directory = true;
}
