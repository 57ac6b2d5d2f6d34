//! NICK: someone has another name.

use std::sync::Arc;

use super::Incoming;
use crate::{
    client::Client,
    text::shown_name,
    turn::Turn,
    view::{BufferId, Event, Notice},
};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    let Client { state, outbox, .. } = client;
    let (from, to) = (incoming.from, incoming.param(0));
    if !state.session.is_nick(to) || !state.session.is_nick(from) {
        return;
    }
    if state.session.is_own(from) {
        state.session.nick = to.into();
        state.changes.network = true;
        if state.nick_asked.as_ref().is_some_and(|asked| state.session.same(asked, to)) {
            state.settings.nick = to.into();
            state.nick_asked = None;
        }
        if state.session.is_own(&state.settings.nick) {
            state.regain.end();
        }
        state.say(None, Notice::NickChanged(shown_name(to)));
    }
    state.names.renamed(&state.session, from, to);
    state.regain.freed(&state.session, from);
    let mut seen: Vec<BufferId> = Vec::new();
    for buffer in state.buffers.iter_mut() {
        if buffer.members.rename(&state.session, from, to) {
            seen.push(buffer.id);
        }
    }
    let before = state.buffers.direct(&state.session, from).and_then(|id| state.buffers.get(id));
    if let Some(before) = before.map(|buffer| Arc::clone(&buffer.name))
        && let Some(id) = state.buffers.rename(&state.session, from, to)
    {
        outbox.renamed(id);
        state.keep_renamed(id, &before, turn);
        state.changes.memory = true;
        seen.push(id);
    }
    for id in seen {
        let event = Event::Renamed { from: shown_name(from), to: shown_name(to) };
        state.happened(id, incoming.at, event);
    }
}
