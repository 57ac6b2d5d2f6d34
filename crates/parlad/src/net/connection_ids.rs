//! The ids by which the server tells connections apart.

use std::sync::{Mutex, MutexGuard, PoisonError};

use parla_server::ConnectionId;
use slotmap::{DefaultKey, SlotMap};

/// Ids that are in use. Each is given back by the store when nothing can come for the connection any more.
#[derive(Debug, Default)]
pub(crate) struct ConnectionIds(Mutex<SlotMap<DefaultKey, ()>>);

impl ConnectionIds {
    /// An id that no other connection has.
    pub(crate) fn take(&self) -> ConnectionId {
        ConnectionId::from_key(self.ids().insert(()))
    }

    /// Lets another connection have an id.
    pub(crate) fn give_back(&self, id: ConnectionId) {
        self.ids().remove(id.key());
    }

    fn ids(&self) -> MutexGuard<'_, SlotMap<DefaultKey, ()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
