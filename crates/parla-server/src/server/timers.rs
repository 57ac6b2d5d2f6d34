//! When which session must be looked at again.

use std::collections::BTreeSet;

use parla_proto::Timestamp;

use crate::base::connection::ConnectionId;

/// Times to come, each with its connection, from the earliest.
///
/// A connection is in it once.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    queue: BTreeSet<(Timestamp, ConnectionId)>,
}

impl Timers {
    pub(crate) fn add(&mut self, at: Timestamp, connection: ConnectionId) {
        self.queue.insert((at, connection));
    }

    pub(crate) fn remove(&mut self, at: Timestamp, connection: ConnectionId) {
        self.queue.remove(&(at, connection));
    }

    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.queue.first().map(|(at, _)| *at)
    }

    /// The first whose time has come.
    pub(crate) fn pop_due(&mut self, now: Timestamp) -> Option<ConnectionId> {
        let (at, connection) = *self.queue.first()?;
        if at > now {
            return None;
        }
        self.queue.pop_first();
        Some(connection)
    }
}
