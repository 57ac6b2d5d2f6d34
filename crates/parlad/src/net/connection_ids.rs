//! The ids by which the server distinguishes connections.

use std::sync::{Mutex, MutexGuard, PoisonError};

use parla_server::ConnectionId;
use slotmap::{DefaultKey, SlotMap};

/// The ids in use. The store returns each when nothing can come for its connection any more.
#[derive(Debug, Default)]
pub(crate) struct ConnectionIds(Mutex<SlotMap<DefaultKey, ()>>);

impl ConnectionIds {
    /// Takes an id that no other connection has.
    pub(crate) fn take(&self) -> ConnectionId {
        ConnectionId::from_key(self.ids().insert(()))
    }

    /// Returns an id, so that its slot can be reused.
    pub(crate) fn give_back(&self, id: ConnectionId) {
        self.ids().remove(id.key());
    }

    fn ids(&self) -> MutexGuard<'_, SlotMap<DefaultKey, ()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
