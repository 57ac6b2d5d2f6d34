//! What becomes of messages that did not get through: refused, looked for, sent again, or forgotten.

use std::sync::Arc;

use super::{Known, Transit, ghost, set_delivery};
use crate::{
    client::Client,
    problem::{Problem, ProblemKind},
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

/// The server refused the message.
pub(crate) fn fail(client: &mut Client, id: BufferId, row: RowId, problem: Problem) {
    if let Some(item) = client.outbox.get_mut(row) {
        item.transit = Transit::Failed(problem.kind);
        item.is_stored = false;
    }
    if let Some(buffer) = client.buffers.get_mut(id) {
        set_delivery(buffer, row, Delivery::Failed(Arc::new(problem)));
        client.changes.buffer(id);
    }
}

/// It is known now what has arrived in a conversation: the rest has not. Or it will never be known.
///
/// What an earlier connection may still deliver is decided when that is gone.
pub(crate) fn settle(client: &mut Client, id: BufferId, known: &Known) {
    let Some(timeline) = client.buffers.get(id).map(|buffer| &buffer.timeline) else { return };
    let unsure = client.outbox.items.iter();
    let unsure = unsure.filter(|item| item.buffer == id && item.transit == Transit::Unsure);
    let fates: Vec<(RowId, Fate)> = unsure
        .map(|item| {
            let is_decided = item.is_decided_by(known, timeline);
            let fate = match ghost::may_deliver(client, item) {
                true => Fate::Open(timeline.newest().filter(|_| is_decided)),
                false if is_decided => Fate::Missing,
                false => Fate::Unknown,
            };
            (item.row, fate)
        })
        .collect();
    for (row, fate) in fates {
        match fate {
            Fate::Open(behind) => ghost::wait(client, row, behind),
            Fate::Missing => queue_again(client, id, row),
            Fate::Unknown => fail(client, id, row, client.problem(ProblemKind::MaybeLost, "", "")),
        }
    }
}

/// The person cannot come back to a room, so nothing will be sent there.
pub(crate) fn shut_out(client: &mut Client, id: BufferId, problem: &Problem) {
    settle(client, id, &Known::Nothing);
    for row in client.outbox.queued(id) {
        fail(client, id, row, problem.clone());
    }
}

/// The person wants a failed message sent again.
pub(crate) fn queue_again(client: &mut Client, id: BufferId, row: RowId) {
    let Some(item) = client.outbox.get_mut(row) else { return };
    if matches!(item.transit, Transit::Failed(_) | Transit::Unsure) {
        item.transit = Transit::Queued;
        item.is_stored = false;
        if let Some(buffer) = client.buffers.get_mut(id) {
            set_delivery(buffer, row, Delivery::Queued);
        }
        client.changes.buffer(id);
    }
}

/// The person wants a message forgotten that was not sent, or failed.
pub(crate) fn discard(client: &mut Client, id: BufferId, row: RowId) {
    let can = client
        .outbox
        .get_mut(row)
        .is_some_and(|item| matches!(item.transit, Transit::Queued | Transit::Failed(_)));
    if can {
        client.outbox.forget(row);
        if let Some(buffer) = client.buffers.get_mut(id) {
            buffer.timeline.take_unconfirmed(row);
        }
        client.changes.buffer(id);
    }
}

/// The person wants what waits in a conversation forgotten. What is on its way cannot be called back, and what failed was
/// said before.
pub(crate) fn discard_queued(client: &mut Client, id: BufferId) {
    for row in client.outbox.queued(id) {
        discard(client, id, row);
    }
}

/// The name of one conversation belongs to another one now, and so does what was to be said under it.
pub(crate) fn hand_over(client: &mut Client, from: BufferId, to: BufferId) {
    let items = client.outbox.items.iter_mut().filter(|item| item.buffer == from);
    let rows: Vec<RowId> = items
        .map(|item| {
            (item.buffer, item.is_stored) = (to, false);
            item.row
        })
        .collect();
    for row in rows {
        let row = client.buffers.get_mut(from).and_then(|from| from.timeline.take_unconfirmed(row));
        if let (Some(row), Some(to)) = (row, client.buffers.get_mut(to)) {
            to.timeline.add_unconfirmed(row);
        }
    }
}

/// The conversation is over, and with it what was to be said there.
pub(crate) fn discard_all(client: &mut Client, id: BufferId) {
    client.outbox.forget_all(|item| item.buffer == id);
}

/// Direct conversations have no history that could tell what arrived.
pub(crate) fn settle_direct(client: &mut Client) {
    let direct: Vec<BufferId> = client
        .buffers
        .iter()
        .filter(|buffer| buffer.kind != BufferKind::Room)
        .map(|buffer| buffer.id)
        .collect();
    for id in direct {
        settle(client, id, &Known::Nothing);
    }
}
