//! The ids of conversations as a tab's interface knows them. When another tab takes the lead, its client has
//! other ids; for the interface each conversation keeps its id, and is recognised by its name.

use std::sync::Arc;

use super::BufferName;
use crate::view::{BufferId, BufferKind, NetworkId, Update};

/// The conversations that the interface knows.
#[derive(Debug, Default)]
pub struct Ids {
    networks: Vec<NetworkId>,
    known: Vec<Met>,
    last: u32,
}

#[derive(Debug)]
struct Met {
    network: NetworkId,
    /// The id for the interface.
    shown: BufferId,
    /// The id in the client; `None` if it has no conversation of this name.
    theirs: Option<BufferId>,
    kind: BufferKind,
    name: Arc<str>,
}

impl Ids {
    /// Translates everything that a new client shows into the interface's ids, and adds what is gone.
    pub fn whole(&mut self, updates: Vec<Update>) -> Vec<Update> {
        for known in &mut self.known {
            known.theirs = None;
        }
        let networks = updates.iter().filter_map(|update| match update {
            Update::Network(view) => Some(view.id),
            _ => None,
        });
        let networks: Vec<NetworkId> = networks.collect();
        let forgotten = self.networks.iter().filter(|id| !networks.contains(id));
        let mut all: Vec<Update> = forgotten.map(|id| Update::NetworkForgotten(*id)).collect();
        // Events must come after everything that they refer to.
        let (views, events): (Vec<_>, Vec<_>) = updates.into_iter().partition(|update| {
            matches!(update, Update::Network(_) | Update::Buffer(..) | Update::Directory(..))
        });
        all.extend(self.some(views));
        self.known.retain(|known| known.theirs.is_some());
        for network in &networks {
            let ids = self.known.iter().filter(|known| known.network == *network);
            all.push(Update::Conversations(*network, ids.map(|known| known.shown).collect()));
        }
        self.networks = networks;
        all.extend(self.some(events));
        all
    }

    /// Translates changes into the interface's ids.
    pub fn some(&mut self, updates: Vec<Update>) -> Vec<Update> {
        updates.into_iter().filter_map(|update| self.one(update)).collect()
    }

    fn one(&mut self, update: Update) -> Option<Update> {
        Some(match update {
            Update::Network(view) => {
                if !self.networks.contains(&view.id) {
                    self.networks.push(view.id);
                }
                Update::Network(view)
            }
            Update::Buffer(network, mut view) => {
                view.id = self.meet(network, view.id, view.kind, &view.name);
                Update::Buffer(network, view)
            }
            Update::BufferClosed(network, id) => {
                let shown = self.shown(network, id)?;
                self.known.retain(|known| (known.network, known.shown) != (network, shown));
                Update::BufferClosed(network, shown)
            }
            Update::NetworkForgotten(network) => {
                self.networks.retain(|known| *known != network);
                self.known.retain(|known| known.network != network);
                Update::NetworkForgotten(network)
            }
            Update::Announcement(network, id, announcement) => {
                Update::Announcement(network, id.and_then(|id| self.shown(network, id)), announcement)
            }
            Update::Show(network, id) => Update::Show(network, self.shown(network, id)?),
            Update::Alert(network, id, alert) => Update::Alert(network, self.shown(network, id)?, alert),
            Update::Conversations(..) => return None,
            Update::Directory(..) | Update::Person(..) | Update::Certificate(..) => update,
        })
    }

    fn meet(&mut self, network: NetworkId, id: BufferId, kind: BufferKind, name: &Arc<str>) -> BufferId {
        let is_it = |known: &&mut Met| known.network == network && known.theirs == Some(id);
        let is_called_so = |known: &&mut Met| {
            known.network == network && known.theirs.is_none() && known.kind == kind && known.name == *name
        };
        if let Some(known) = self.known.iter_mut().find(is_it) {
            if known.name != *name {
                known.name = Arc::clone(name);
            }
            return known.shown;
        }
        if let Some(known) = self.known.iter_mut().find(is_called_so) {
            known.theirs = Some(id);
            return known.shown;
        }
        self.last += 1;
        let shown = BufferId(self.last);
        self.known.push(Met { network, shown, theirs: Some(id), kind, name: Arc::clone(name) });
        shown
    }

    fn shown(&self, network: NetworkId, theirs: BufferId) -> Option<BufferId> {
        let is_it = |known: &&Met| known.network == network && known.theirs == Some(theirs);
        self.known.iter().find(is_it).map(|known| known.shown)
    }

    /// The kind and the name of a conversation of the interface.
    pub fn buffer_name(&self, network: NetworkId, shown: BufferId) -> Option<BufferName> {
        let is_it = |known: &&Met| known.network == network && known.shown == shown;
        let known = self.known.iter().find(is_it)?;
        Some(BufferName { kind: known.kind, name: Arc::clone(&known.name) })
    }

    /// The client's id of the conversation of this kind and name.
    pub fn at(&self, network: NetworkId, buffer: &BufferName) -> Option<BufferId> {
        let is_it =
            |known: &&Met| known.network == network && known.kind == buffer.kind && known.name == buffer.name;
        self.known.iter().find(is_it).and_then(|known| known.theirs)
    }

    /// The client's id of a conversation of the interface.
    pub fn theirs(&self, network: NetworkId, shown: BufferId) -> Option<BufferId> {
        let is_it = |known: &&Met| known.network == network && known.shown == shown;
        self.known.iter().find(is_it).and_then(|known| known.theirs)
    }
}
