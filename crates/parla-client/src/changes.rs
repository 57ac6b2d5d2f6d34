//! What the interface has not been told of the network yet, and events that it is told once. Conversations
//! track their own changes: [`crate::buffers::Buffers`].

use std::collections::VecDeque;

use crate::view::{BufferId, RowId, Update};

/// Events that can wait for the interface; a server that causes more loses the oldest.
const EVENTS_MAX: usize = 200;

/// What has changed since the interface was last told.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) network: bool,
    events: VecDeque<Update>,
}

impl Changes {
    /// The changes of a network that the interface has not heard of at all.
    pub(crate) fn of_new_network() -> Self {
        Self { network: true, events: VecDeque::new() }
    }

    /// Adds an event that the interface is told once.
    pub(crate) fn event(&mut self, update: Update) {
        if self.events.len() >= EVENTS_MAX {
            self.events.pop_front();
        }
        self.events.push_back(update);
    }

    /// Drops the waiting events about this row.
    pub(crate) fn retract(&mut self, id: BufferId, row: RowId) {
        self.events
            .retain(|event| !matches!(event, Update::Alert(_, of, alert) if *of == id && alert.row == row));
    }

    /// Takes the waiting events, in order.
    pub(crate) fn take_events(&mut self) -> VecDeque<Update> {
        std::mem::take(&mut self.events)
    }
}
