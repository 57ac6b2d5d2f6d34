//! What becomes of messages that did not get through: refused, looked for, sent again, or forgotten.

use std::sync::Arc;

use super::{Outbox, Transit, ghost, set_delivery};
use crate::{
    buffers::Buffers,
    history::Known,
    problem::{Problem, ProblemKind},
    state::State,
    timeline::Anchor,
    view::{BufferId, BufferKind, Delivery, RowId},
};

/// What has become of a message that was on its way when its connection broke, and did not turn up.
enum Fate {
    /// It may still arrive, behind this.
    Open(Option<Anchor>),
    /// It has not arrived.
    Missing,
    /// Nobody can tell.
    Unknown,
}

impl Outbox {
    /// The server refused the message.
    pub(crate) fn fail(&mut self, state: &mut State, (id, row): (BufferId, RowId), problem: Problem) {
        if let Some(item) = self.get_mut(row) {
            item.transit = Transit::Failed(problem.kind);
            item.is_stored = false;
        }
        if let Some(buffer) = state.buffers.get_mut(id) {
            set_delivery(buffer, row, Delivery::Failed(Arc::new(problem)));
            state.changes.buffer(id);
        }
    }

    /// It is known now what has arrived in a conversation: the rest has not. Or it will never be known.
    ///
    /// What an earlier connection may still deliver is decided when that is gone.
    pub(crate) fn settle(&mut self, state: &mut State, id: BufferId, known: &Known) {
        let Some(timeline) = state.buffers.get(id).map(|buffer| &buffer.timeline) else { return };
        let unsure = self.items.iter();
        let unsure = unsure.filter(|item| item.buffer == id && item.transit == Transit::Unsure);
        let fates: Vec<(RowId, Fate)> = unsure
            .map(|item| {
                let is_decided = item.is_decided_by(known, timeline);
                let fate = match ghost::may_deliver(state, item) {
                    true => Fate::Open(timeline.newest().filter(|_| is_decided)),
                    false if is_decided => Fate::Missing,
                    false => Fate::Unknown,
                };
                (item.row, fate)
            })
            .collect();
        for (row, fate) in fates {
            match fate {
                Fate::Open(behind) => self.wait(row, behind),
                Fate::Missing => self.queue_again(state, id, row),
                Fate::Unknown => {
                    let problem = state.problem(ProblemKind::MaybeLost, "", "");
                    self.fail(state, (id, row), problem);
                }
            }
        }
    }

    /// The person cannot come back to a room, so nothing will be sent there.
    pub(crate) fn shut_out(&mut self, state: &mut State, id: BufferId, problem: &Problem) {
        self.settle(state, id, &Known::Nothing);
        for row in self.queued(id) {
            self.fail(state, (id, row), problem.clone());
        }
    }

    /// The person wants a failed message sent again.
    pub(crate) fn queue_again(&mut self, state: &mut State, id: BufferId, row: RowId) {
        let Some(item) = self.get_mut(row) else { return };
        if matches!(item.transit, Transit::Failed(_) | Transit::Unsure) {
            item.transit = Transit::Queued;
            item.is_stored = false;
            if let Some(buffer) = state.buffers.get_mut(id) {
                set_delivery(buffer, row, Delivery::Queued);
            }
            state.changes.buffer(id);
        }
    }

    /// The person wants a message forgotten that was not sent, or failed.
    pub(crate) fn discard(&mut self, state: &mut State, id: BufferId, row: RowId) {
        let can = self
            .get_mut(row)
            .is_some_and(|item| matches!(item.transit, Transit::Queued | Transit::Failed(_)));
        if can {
            self.forget(row);
            if let Some(buffer) = state.buffers.get_mut(id) {
                buffer.timeline.take_unconfirmed(row);
            }
            state.changes.buffer(id);
        }
    }

    /// The person wants what waits in a conversation forgotten. What is on its way cannot be called back, and what failed was
    /// said before.
    pub(crate) fn discard_queued(&mut self, state: &mut State, id: BufferId) {
        for row in self.queued(id) {
            self.discard(state, id, row);
        }
    }

    /// The name of one conversation belongs to another one now, and so does what was to be said under it.
    pub(crate) fn hand_over(&mut self, buffers: &mut Buffers, from: BufferId, to: BufferId) {
        let items = self.items.iter_mut().filter(|item| item.buffer == from);
        let rows: Vec<RowId> = items
            .map(|item| {
                (item.buffer, item.is_stored) = (to, false);
                item.row
            })
            .collect();
        for row in rows {
            let row = buffers.get_mut(from).and_then(|from| from.timeline.take_unconfirmed(row));
            if let (Some(row), Some(to)) = (row, buffers.get_mut(to)) {
                to.timeline.add_unconfirmed(row);
            }
        }
    }

    /// The conversation is over, and with it what was to be said there.
    pub(crate) fn discard_all(&mut self, id: BufferId) {
        self.forget_all(|item| item.buffer == id);
    }

    /// Direct conversations have no history that could tell what arrived.
    pub(crate) fn settle_direct(&mut self, state: &mut State) {
        let direct: Vec<BufferId> = state
            .buffers
            .iter()
            .filter(|buffer| buffer.kind != BufferKind::Room)
            .map(|buffer| buffer.id)
            .collect();
        for id in direct {
            self.settle(state, id, &Known::Nothing);
        }
    }
}
