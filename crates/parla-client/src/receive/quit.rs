//! QUIT: someone leaves the network.

use super::Incoming;
use crate::{
    state::State,
    text::{Text, shown_name},
    view::{BufferId, Event},
};

pub(super) fn receive(state: &mut State, incoming: &Incoming<'_>) {
    // One's own is followed by the end of the connection, which tells it better.
    if state.session.is_own(incoming.from) {
        return;
    }
    state.names.forget(&state.session, incoming.from);
    state.regain.freed(&state.session, incoming.from);
    let reason = incoming.reason(1).map(Text::parse);
    let mut left: Vec<BufferId> = Vec::new();
    for buffer in state.buffers.iter_mut() {
        if buffer.members.remove(&state.session, incoming.from) {
            left.push(buffer.id);
        }
    }
    left.extend(state.buffers.direct(&state.session, incoming.from));
    for id in left {
        let event = Event::Quit { who: shown_name(incoming.from), reason: reason.clone() };
        state.happened(id, incoming.at, event);
    }
}
