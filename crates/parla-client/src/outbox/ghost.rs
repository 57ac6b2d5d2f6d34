//! Messages that an earlier connection of the person may still deliver.
//!
//! A server can believe in a connection for a while after the person has lost it. It may still carry out what
//! it has received there but held back, and the network may still deliver more to it. Until that connection
//! is gone, its messages are missing from the history without being lost; if they were sent again, they would
//! appear twice. So they wait, for [`GHOST_WAIT`] at most.

use parla_proto::Timestamp;

use super::{Outbox, Outgoing, Transit};
use crate::{
    buffer::Buffer,
    buffers::Buffers,
    history::{Coverage, History},
    limits::GHOST_WAIT,
    session::Session,
    timeline::Anchor,
    view::{BufferId, RowId},
};

/// What is known of the connection on which a message was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ghost {
    /// This has not been checked.
    Unknown,
    /// The server still has the connection. We wait until this time, which the next check of the clock sets.
    Present(Option<Timestamp>),
    /// The connection is gone, or we have waited long enough.
    Gone,
}

impl Outbox {
    /// Waits for the end of the message's connection. If the message arrives, it comes after what is known of
    /// its conversation.
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

    /// Looks up again what has become of messages whose connection is gone or has been waited for long
    /// enough.
    pub(crate) fn recheck_ghosts(
        &mut self,
        history: &mut History,
        buffers: &mut Buffers,
        session: &Session,
        now: Timestamp,
    ) {
        let mut decided: Vec<Decided> = Vec::new();
        for item in &mut self.items {
            let Ghost::Present(until) = item.ghost else { continue };
            if item.transit != Transit::Unsure {
                continue;
            }
            let until = until.unwrap_or(now + GHOST_WAIT);
            let buffer = buffers.get(item.buffer);
            let is_over =
                until <= now || !buffer.is_some_and(|buffer| item.may_be_delivered(buffer, session));
            item.ghost = if is_over { Ghost::Gone } else { Ghost::Present(Some(until)) };
            // The first of them goes back furthest.
            if is_over && decided.iter().all(|one| one.buffer != item.buffer) {
                decided.push(Decided { buffer: item.buffer, since: item.after.clone() });
            }
        }
        for Decided { buffer, since } in decided {
            let Some(buffer) = buffers.get_mut(buffer) else { continue };
            if !since.is_some_and(|since| history.look_up(buffer, session, since)) {
                self.settle(buffer, session, &Coverage::Nothing);
            }
        }
    }

    /// When the first of the waits ends.
    pub(super) fn ghosts_wait_until(&self) -> Option<Timestamp> {
        let waiting = self.items.iter().filter(|item| item.transit == Transit::Unsure);
        let until = waiting.filter_map(|item| match item.ghost {
            Ghost::Present(until) => until,
            Ghost::Unknown | Ghost::Gone => None,
        });
        until.min()
    }
}

/// A conversation in which nothing more can arrive from an earlier connection.
struct Decided {
    buffer: BufferId,
    /// The newest message that was known before.
    since: Option<Anchor>,
}

impl Outgoing {
    /// Whether it may still arrive in its conversation, if it has not already.
    pub(super) fn may_be_delivered(&self, buffer: &Buffer, session: &Session) -> bool {
        self.ghost != Ghost::Gone
            && !session.is_own(&self.nick)
            && buffer.is_room()
            && (session.is_awaited(&self.nick) || buffer.members().contains(session, &self.nick))
    }
}
