//! What happens to messages that did not get through: they are refused, looked for, sent again, or discarded.

use std::sync::Arc;

use super::{Outbox, Transit};
use crate::{
    buffer::Buffer,
    buffers::Buffers,
    history::Coverage,
    problem::{Problem, ProblemKind},
    session::Session,
    timeline::Anchor,
    view::{BufferId, Delivery, RowId},
};

/// The outcome for a message that was on its way when its connection broke, and that has not appeared.
enum Fate {
    /// It may still arrive, after this message.
    Open(Option<Anchor>),
    /// It has not arrived.
    Missing,
    /// Nobody can tell whether it has arrived.
    Unknown,
}

impl Outbox {
    /// The server refused the message.
    pub(crate) fn fail(&mut self, buffer: &mut Buffer, row: RowId, problem: Problem) {
        if let Some(item) = self.get_mut(row) {
            item.transit = Transit::Failed(problem.kind);
            item.is_stored = false;
        }
        buffer.set_delivery(row, Delivery::Failed(Arc::new(problem)));
    }

    /// Decides what has become of the unsure messages of a conversation, once we know its history or know
    /// that we never will.
    ///
    /// Messages that an earlier connection may still deliver are decided when that connection is gone.
    pub(crate) fn settle(&mut self, buffer: &mut Buffer, session: &Session, coverage: &Coverage) {
        let is_unsure =
            |item: &&super::Outgoing| item.buffer == buffer.id() && item.transit == Transit::Unsure;
        let timeline = buffer.timeline();
        let unsure = self.items.iter().filter(is_unsure).map(|item| {
            let is_decided = item.is_decided_by(coverage, timeline);
            let fate = match item.may_be_delivered(buffer, session) {
                true => Fate::Open(timeline.newest().filter(|_| is_decided)),
                false if is_decided => Fate::Missing,
                false => Fate::Unknown,
            };
            (item.row, fate)
        });
        let fates: Vec<(RowId, Fate)> = unsure.collect();
        for (row, fate) in fates {
            match fate {
                Fate::Open(behind) => self.wait(row, behind),
                Fate::Missing => self.queue_again(buffer, row),
                Fate::Unknown => self.fail(buffer, row, Problem::of(ProblemKind::MaybeLost)),
            }
        }
    }

    /// The person cannot return to a channel, so nothing will be sent there.
    pub(crate) fn shut_out(&mut self, buffer: &mut Buffer, session: &Session, problem: &Problem) {
        self.settle(buffer, session, &Coverage::Nothing);
        for row in self.queued(buffer.id()) {
            self.fail(buffer, row, problem.clone());
        }
    }

    /// The person leaves a conversation, so nothing more will be sent there. Returns whether there are messages
    /// that nobody would see any more if it were closed.
    pub(crate) fn leave_behind(&mut self, buffer: &mut Buffer) -> bool {
        let here = self.items.iter().filter(|item| item.buffer == buffer.id());
        let undecided = here.clone().filter_map(|item| match item.transit {
            Transit::Queued => Some((item.row, ProblemKind::LeftUnsent)),
            Transit::Sent { .. } | Transit::Unsure => Some((item.row, ProblemKind::MaybeLost)),
            Transit::Failed(_) => None,
        });
        let (undecided, is_any) = (undecided.collect::<Vec<_>>(), here.count() > 0);
        for (row, kind) in undecided {
            self.fail(buffer, row, Problem::of(kind));
        }
        is_any
    }

    /// Whether a conversation has messages whose fate is open.
    pub(crate) fn has_undecided(&self, id: BufferId) -> bool {
        let is_undecided = |transit: &Transit| !matches!(transit, Transit::Failed(_));
        self.items.iter().any(|item| item.buffer == id && is_undecided(&item.transit))
    }

    /// The person wants a failed message sent again.
    pub(crate) fn queue_again(&mut self, buffer: &mut Buffer, row: RowId) {
        let Some(item) = self.get_mut(row) else { return };
        if matches!(item.transit, Transit::Failed(_) | Transit::Unsure) {
            item.transit = Transit::Queued;
            item.is_stored = false;
            buffer.set_delivery(row, Delivery::Queued);
        }
    }

    /// The person wants to discard a message that was not sent, or that failed.
    pub(crate) fn discard(&mut self, buffer: &mut Buffer, row: RowId) {
        let can = self
            .get_mut(row)
            .is_some_and(|item| matches!(item.transit, Transit::Queued | Transit::Failed(_)));
        if can {
            self.forget(row);
            buffer.timeline_mut().take_unconfirmed(row);
        }
    }

    /// The person wants to discard what waits in a conversation. Messages that are on their way cannot be
    /// recalled, and failures have already been reported.
    pub(crate) fn discard_queued(&mut self, buffer: &mut Buffer) {
        for row in self.queued(buffer.id()) {
            self.discard(buffer, row);
        }
    }

    /// A name now belongs to another conversation, and so do the messages that were waiting under it.
    pub(crate) fn hand_over(&mut self, buffers: &mut Buffers, from: BufferId, to: BufferId) {
        let items = self.items.iter_mut().filter(|item| item.buffer == from);
        let rows: Vec<RowId> = items
            .map(|item| {
                (item.buffer, item.is_stored) = (to, false);
                item.row
            })
            .collect();
        for row in rows {
            let row = buffers.get_mut(from).and_then(|from| from.timeline_mut().take_unconfirmed(row));
            if let (Some(row), Some(to)) = (row, buffers.get_mut(to)) {
                to.timeline_mut().add_unconfirmed(row);
            }
        }
    }

    /// The conversation was closed, and its messages with it: there are none, or the person discards them.
    pub(crate) fn discard_all(&mut self, id: BufferId) {
        self.forget_all(|item| item.buffer == id);
    }

    /// Settles direct conversations, which have no history that could show what arrived.
    pub(crate) fn settle_direct(&mut self, buffers: &mut Buffers, session: &Session) {
        for buffer in buffers.iter_mut().filter(|buffer| !buffer.is_room()) {
            self.settle(buffer, session, &Coverage::Nothing);
        }
    }
}
