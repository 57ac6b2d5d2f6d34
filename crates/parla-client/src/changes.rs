//! What the interface has not been told yet of the network, and what is to be said to it once. What has changed in conversations
//! these know themselves: [`crate::buffers::Buffers`].

use std::collections::VecDeque;

use crate::view::{BufferId, RowId, Update};

/// Things to say once that wait; a server that causes more loses the oldest.
const EVENTS_MAX: usize = 200;

/// What has changed since the interface was told.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) network: bool,
    events: VecDeque<Update>,
}

impl Changes {
    /// The interface has not heard of the network at all.
    pub(crate) fn of_new_network() -> Self {
        Self { network: true, events: VecDeque::new() }
    }

    /// Something is to be said once.
    pub(crate) fn event(&mut self, update: Update) {
        if self.events.len() >= EVENTS_MAX {
            self.events.pop_front();
        }
        self.events.push_back(update);
    }

    /// Nothing is to be said any more of what stands in this row.
    pub(crate) fn retract(&mut self, id: BufferId, row: RowId) {
        self.events
            .retain(|event| !matches!(event, Update::Alert(_, of, alert) if *of == id && alert.row == row));
    }

    /// What is to be said once, in order.
    pub(crate) fn take_events(&mut self) -> VecDeque<Update> {
        std::mem::take(&mut self.events)
    }
}
