//! AWAY: someone is away, or back.

use std::sync::Arc;

use super::Incoming;
use crate::{
    state::State,
    text::{Text, shown_name},
    view::{BufferId, Content, Notice, Row},
};

pub(super) fn receive(state: &mut State, incoming: &Incoming<'_>) {
    let reason = incoming.reason(1);
    let away = reason.is_some();
    let mut changed: Vec<BufferId> = Vec::new();
    if let Some(id) = state.buffers.direct(&state.session, incoming.from)
        && let Some(buffer) = state.buffers.get_mut(id)
    {
        buffer.away = reason.map(|reason| Text::parse(reason).plain);
        if !away {
            buffer.away_told = None;
        }
        changed.push(id);
    }
    for buffer in state.buffers.iter_mut() {
        if buffer.members.set_away(&state.session, incoming.from, away) {
            changed.push(buffer.id);
        }
    }
    changed.into_iter().for_each(|id| state.changes.buffer(id));
}

/// RPL_AWAY, as the answer to a message: whom it is for will not read it now. Said once, until he is back.
pub(super) fn told(state: &mut State, incoming: &Incoming<'_>) {
    let (nick, reason) = (incoming.param(1), incoming.param(2));
    let Some(id) = state.buffers.direct(&state.session, nick) else { return };
    let row = state.buffers.row_id();
    let Some(buffer) = state.buffers.get_mut(id) else { return };
    let reason: Arc<str> = reason.into();
    buffer.away = Some(Text::parse(&reason).plain);
    state.changes.buffer(id);
    if buffer.away_told.replace(Arc::clone(&reason)) == Some(Arc::clone(&reason)) {
        return;
    }
    let text = Text::parse(&format!("AWAY {}: {reason}", shown_name(nick)));
    buffer.note(Row { id: row, at: incoming.at, content: Content::Server(text) });
    state.changes.buffer(id);
}

/// RPL_NOWAWAY and RPL_UNAWAY: one's own.
pub(super) fn own(state: &mut State, is_away: bool) {
    state.away = is_away.then(|| state.away_asked.clone().unwrap_or_default());
    state.changes.network = true;
    state.say(None, Notice::Away(is_away));
}
