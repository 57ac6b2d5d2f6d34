//! RPL_WHOREPLY: who is in a room, whence he comes, and whether he is away or a program. <https://modern.ircdocs.horse/#rplwhoreply-352>

use std::sync::Arc;

use super::Incoming;
use crate::{state::State, survey::Question, turn::Turn};

pub(super) fn receive(state: &mut State, incoming: &Incoming<'_>) {
    let (host, nick, flags) = (incoming.param(3), incoming.param(5), incoming.param(6));
    if !state.session.is_nick(nick) {
        return;
    }
    let away = flags.starts_with('G');
    let is_bot = state.session.bot_flag.is_some_and(|flag| flags.contains(flag));
    let mut changed = Vec::new();
    for buffer in state.buffers.iter_mut() {
        let members = &mut buffer.members;
        members.set_host(&state.session, nick, host);
        let is_changed =
            members.set_away(&state.session, nick, away) | (is_bot && members.set_bot(&state.session, nick));
        if is_changed {
            changed.push(buffer.id);
        }
    }
    if let Some(id) = state.buffers.direct(&state.session, nick)
        && let Some(buffer) = state.buffers.get_mut(id)
        && buffer.away.is_some() != away
    {
        // Why, the server does not say here.
        buffer.away = away.then(|| Arc::from(""));
        changed.push(id);
    }
    changed.into_iter().for_each(|id| state.changes.buffer(id));
}

/// RPL_ENDOFWHO.
pub(super) fn end(state: &mut State, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    if let Some(id) = state.buffers.room(&state.session, incoming.param(1)) {
        state.survey.answered(&state.buffers, (id, Question::People), turn);
    }
}
