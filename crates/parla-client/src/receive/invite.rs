//! INVITE: someone is asked into a room.

use super::Incoming;
use crate::{
    state::State,
    text::shown_name,
    view::{Event, Notice},
};

pub(super) fn receive(state: &mut State, incoming: &Incoming<'_>) {
    let (who, room) = (incoming.param(0), incoming.param(1));
    if !state.session.is_room_name(room) {
        return;
    }
    let from = shown_name(incoming.from);
    if state.session.is_own(who) {
        return state.say(None, Notice::Invitation { from, room: room.into() });
    }
    if let Some(id) = state.buffers.room(&state.session, room) {
        state.happened(id, incoming.at, Event::Invited { by: from, who: shown_name(who) });
    }
}

/// RPL_INVITING: it was done as the person wished.
pub(super) fn done(state: &mut State, incoming: &Incoming<'_>) {
    let (who, room) = (incoming.param(1), incoming.param(2));
    let id = state.buffers.room(&state.session, room);
    state.say(id, Notice::Invited { who: shown_name(who), room: shown_name(room) });
}
