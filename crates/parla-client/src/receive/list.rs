//! RPL_LIST: the rooms there are.

use parla_proto::{CommandName, Timestamp};

use super::Incoming;
use crate::{problem::ProblemKind, state::State};

pub(super) fn receive(state: &mut State, incoming: &Incoming<'_>, now: Timestamp) {
    state.changes.directory |= state.directory.add(incoming.message, now);
}

/// RPL_TRYAGAIN: not now; whatever has come is all there is.
pub(super) fn refused(state: &mut State, incoming: &Incoming<'_>) {
    let details = incoming.message.params.last().copied().unwrap_or_default();
    if CommandName::parse(incoming.param(1)) == Some(CommandName::List) {
        state.directory.interrupted();
        state.changes.directory = true;
    }
    state.complain(None, state.problem(ProblemKind::Throttled, "", details));
}

/// RPL_LISTEND.
pub(super) fn end(state: &mut State) {
    state.directory.end();
    state.changes.directory = true;
}
