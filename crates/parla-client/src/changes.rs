//! What the interface has not been told yet. Views are made when it asks, once for each thing that changed.

use std::collections::VecDeque;

use crate::{
    sorted_map::SortedMap,
    view::{BufferId, RowId, Update},
};

/// Things to say once that wait; a server that causes more loses the oldest.
const EVENTS_MAX: usize = 200;

/// What has changed since the interface was told.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) network: bool,
    pub(crate) directory: bool,
    pub(crate) memory: bool,
    buffers: SortedMap<BufferId, ()>,
    closed: Vec<BufferId>,
    events: VecDeque<Update>,
}

impl Changes {
    pub(crate) fn buffer(&mut self, id: BufferId) {
        self.buffers.insert(id, ());
    }

    pub(crate) fn closed(&mut self, id: BufferId) {
        self.buffers.remove(&id);
        self.closed.push(id);
    }

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

    pub(crate) fn take_buffers(&mut self) -> impl Iterator<Item = BufferId> + use<> {
        std::mem::take(&mut self.buffers).into_iter().map(|(id, ())| id)
    }

    pub(crate) fn take_closed(&mut self) -> Vec<BufferId> {
        std::mem::take(&mut self.closed)
    }

    pub(crate) fn take_events(&mut self) -> VecDeque<Update> {
        std::mem::take(&mut self.events)
    }
}
