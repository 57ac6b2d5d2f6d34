//! RPL_NAMREPLY: who is in a room.

use super::Incoming;
use crate::state::State;

pub(super) fn receive(state: &mut State, incoming: &Incoming<'_>) {
    let Some(id) = state.buffers.room(&state.session, incoming.param(2)) else { return };
    let Some(buffer) = state.buffers.get_mut(id).filter(|buffer| buffer.is_present()) else { return };
    for word in incoming.param(3).split_ascii_whitespace() {
        let (signs, nick) = state.session.split_prefixes(word);
        if state.session.is_nick(nick) {
            buffer.members.insert(&state.session, nick, signs);
            buffer.members.set_called(&state.session, nick, state.names.of(&state.session, nick));
        }
    }
    state.changes.buffer(id);
}
