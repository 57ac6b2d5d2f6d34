//! What the leading tab shows, put together again in another tab from deliveries. Whatever has not changed is
//! the same allocation, so that it is not drawn again.

use std::sync::Arc;

use super::mirror::{Delivery, Item, Parts, Piece, Rooms};
use crate::{
    sorted_map::SortedMap,
    view::{BufferId, BufferView, ChunkRef, Directory, DirectoryView, Members, NetworkId, Timeline, Update},
};

/// What the leading tab shows.
#[derive(Debug, Default)]
pub struct Replica {
    serial: u64,
    buffers: SortedMap<(NetworkId, BufferId), BufferView>,
    directories: SortedMap<NetworkId, DirectoryView>,
}

/// The content of a delivery.
#[derive(Debug)]
pub struct Arrived {
    /// Whether these are all networks and conversations that there are.
    pub is_whole: bool,
    /// The updates for the interface.
    pub updates: Vec<Update>,
    /// The number of this tab's last command that was carried out; its effects have arrived by now.
    pub done: Option<u64>,
}

impl Replica {
    /// The serial number of the last delivery; 0 requests everything.
    pub const fn had(&self) -> u64 {
        self.serial
    }

    /// Applies a delivery. Returns `None` if it does not follow from what came before; then everything must be
    /// requested.
    pub fn apply(&mut self, delivery: Delivery) -> Option<Arrived> {
        let Delivery { serial, is_whole, items, done } = delivery;
        if is_whole {
            *self = Self::default();
        } else if serial != self.serial && serial != self.serial + 1 {
            *self = Self::default();
            return None;
        }
        let mut updates = Vec::with_capacity(items.len());
        for item in items {
            let Some(update) = self.update(item) else {
                *self = Self::default();
                return None;
            };
            updates.push(update);
        }
        self.serial = serial;
        Some(Arrived { is_whole, updates, done })
    }

    fn update(&mut self, item: Item) -> Option<Update> {
        match item {
            Item::Update(update) => {
                match &update {
                    Update::BufferClosed(network, id) => drop(self.buffers.remove(&(*network, *id))),
                    Update::NetworkForgotten(network) => {
                        self.buffers.retain(|(known, _), _| known != network);
                        self.directories.remove(network);
                    }
                    _ => {}
                }
                Some(update)
            }
            Item::Buffer(network, view, parts) => {
                let view = self.buffer(network, *view, parts)?;
                Some(Update::Buffer(network, view))
            }
            Item::Directory(network, Rooms { rooms, complete, cut, trouble }) => {
                let rooms = match rooms {
                    Some(rooms) => Directory(Arc::new(rooms)),
                    None => self.directories.get(&network)?.rooms.clone(),
                };
                let view = DirectoryView { rooms, complete, cut, trouble };
                self.directories.insert(network, view.clone());
                Some(Update::Directory(network, view))
            }
        }
    }

    fn buffer(&mut self, network: NetworkId, mut view: BufferView, parts: Parts) -> Option<BufferView> {
        let key = (network, view.id);
        let before = self.buffers.get(&key);
        let mut chunks = Vec::new();
        for piece in parts.chunks {
            match piece {
                Piece::New(chunk) => chunks.push(ChunkRef(Arc::new(chunk))),
                Piece::Kept { first, count } => {
                    let kept = before?.timeline.chunks.get(first..first.checked_add(count)?)?;
                    chunks.extend_from_slice(kept);
                }
            }
        }
        view.timeline = Timeline { chunks, len: parts.len };
        view.members = match parts.members {
            Some(members) => Members(Arc::new(members)),
            None => before?.members.clone(),
        };
        view.settings = match parts.settings {
            Some(settings) => Arc::new(settings),
            None => Arc::clone(&before?.settings),
        };
        self.buffers.insert(key, view.clone());
        Some(view)
    }
}

#[cfg(test)]
mod tests;
