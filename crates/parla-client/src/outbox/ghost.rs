//! Messages that an earlier connection of the person may still deliver.
//!
//! A server can believe in a connection for a while after the person has lost it. It carries out what it has received there but
//! held back, and the network may still bring it more. Until that connection is gone, its messages are missing from the history
//! without being lost; sent again, they would be said twice. So they wait, for [`GHOST_WAIT`] at most.

use parla_proto::Timestamp;

use super::{Outbox, Outgoing, Transit};
use crate::{
    history::{History, Known},
    limits::GHOST_WAIT,
    state::State,
    timeline::Anchor,
    view::{BufferId, BufferKind, RowId},
};

/// What is known of the connection on which a message was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ghost {
    /// Nobody has looked.
    Unknown,
    /// The server still has it. We wait until this time; it is set by the next look at the clock.
    Present(Option<Timestamp>),
    /// It is gone, or we have waited long enough.
    Gone,
}

impl Outbox {
    /// The message waits for what becomes of its connection. If it arrives, then behind what is known of its conversation.
    pub(super) fn wait(&mut self, row: RowId, behind: Option<Anchor>) {
        let Some(item) = self.get_mut(row) else { return };
        if item.ghost == Ghost::Unknown {
            item.ghost = Ghost::Present(None);
        }
        if behind.is_some() {
            item.after = behind;
            item.is_stored = false;
        }
    }

    /// Looks up again what has become of messages whose connection is gone, or was waited for long enough.
    pub(crate) fn look_again(&mut self, state: &mut State, history: &mut History, now: Timestamp) {
        let mut decided: Vec<(BufferId, Option<Anchor>)> = Vec::new();
        for index in 0..self.items.len() {
            let Some(item) = self.items.get(index) else { break };
            let Ghost::Present(until) = item.ghost else { continue };
            if item.transit != Transit::Unsure {
                continue;
            }
            let until = until.unwrap_or(now + GHOST_WAIT);
            let is_over = until <= now || !may_deliver(state, item);
            let Some(item) = self.items.get_mut(index) else { break };
            item.ghost = if is_over { Ghost::Gone } else { Ghost::Present(Some(until)) };
            // The first one knew the least of what was said since.
            if is_over && decided.iter().all(|(buffer, _)| *buffer != item.buffer) {
                decided.push((item.buffer, item.after.clone()));
            }
        }
        for (buffer, since) in decided {
            if !since.is_some_and(|since| history.look_up(state, buffer, since)) {
                self.settle(state, buffer, &Known::Nothing);
            }
        }
    }

    /// When the first of them is waited for no longer.
    pub(super) fn ghosts_wait_until(&self) -> Option<Timestamp> {
        let waiting = self.items.iter().filter(|item| item.transit == Transit::Unsure);
        let until = waiting.filter_map(|item| match item.ghost {
            Ghost::Present(until) => until,
            Ghost::Unknown | Ghost::Gone => None,
        });
        until.min()
    }
}

/// Whether what has not arrived may still arrive.
pub(super) fn may_deliver(state: &State, item: &Outgoing) -> bool {
    let is_taken = || state.regain.wanted().is_some_and(|nick| state.session.same(nick, &item.nick));
    let room = state.buffers.get(item.buffer).filter(|buffer| buffer.kind == BufferKind::Room);
    item.ghost != Ghost::Gone
        && !state.session.is_own(&item.nick)
        && room.is_some_and(|room| is_taken() || room.members.contains(&state.session, &item.nick))
}
