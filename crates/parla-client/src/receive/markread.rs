//! MARKREAD: up to where the person has read, on whichever device. <https://ircv3.net/specs/extensions/read-marker>

use parla_proto::Timestamp;

use super::{AHEAD_MAX, Incoming};
use crate::{state::State, turn::Turn};

pub(super) fn receive(state: &mut State, incoming: &Incoming<'_>, turn: &Turn<'_>) {
    let Some(id) = state.buffers.named(&state.session, incoming.param(0)) else { return };
    let Some(buffer) = state.buffers.get_mut(id) else { return };
    // What was read here goes out if the server knows of less.
    state.markers.moved();
    let told = incoming.param(1).strip_prefix("timestamp=");
    let Some(until) = told.and_then(|told| told.parse::<Timestamp>().ok()) else { return };
    if until > turn.now + AHEAD_MAX {
        return;
    }
    buffer.read_told = buffer.read_told.max(Some(until));
    if buffer.is_read_elsewhere(until) {
        state.changes.memory = true;
        state.changes.buffer(id);
    }
}
