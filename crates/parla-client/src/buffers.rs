//! All conversations of one network.

use std::collections::BTreeMap;

use crate::{
    buffer::Buffer,
    limits::BUFFERS_MAX,
    session::Session,
    view::{BufferId, BufferKind, RowId},
};

/// The conversations, by number and by name.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    buffers: BTreeMap<BufferId, Buffer>,
    /// By folded name; that of the server is empty.
    by_name: BTreeMap<String, BufferId>,
    next_buffer: u32,
    next_row: u64,
}

impl Buffers {
    /// An id for a row.
    pub(crate) fn row_id(&mut self) -> RowId {
        self.next_row += 1;
        RowId(self.next_row)
    }

    pub(crate) fn get(&self, id: BufferId) -> Option<&Buffer> {
        self.buffers.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: BufferId) -> Option<&mut Buffer> {
        self.buffers.get_mut(&id)
    }

    pub(crate) fn named(&self, session: &Session, name: &str) -> Option<BufferId> {
        self.by_name.get(&session.fold(name)).copied()
    }

    /// The conversation of this name, made if it is not there. None if there are too many.
    pub(crate) fn open(&mut self, session: &Session, kind: BufferKind, name: &str) -> Option<BufferId> {
        let folded = session.fold(name);
        if let Some(id) = self.by_name.get(&folded) {
            return Some(*id);
        }
        // The server's own words always have a place.
        if self.buffers.len() >= BUFFERS_MAX && kind != BufferKind::Server {
            return None;
        }
        self.next_buffer += 1;
        let id = BufferId(self.next_buffer);
        self.by_name.insert(folded, id);
        self.buffers.insert(id, Buffer::new(id, kind, name));
        Some(id)
    }

    pub(crate) fn close(&mut self, id: BufferId) -> Option<Buffer> {
        self.by_name.retain(|_, other| *other != id);
        self.buffers.remove(&id)
    }

    /// Follows a person who changed his nick, unless there is a conversation under the new one already.
    pub(crate) fn rename(&mut self, session: &Session, from: &str, to: &str) -> Option<BufferId> {
        let (old, new) = (session.fold(from), session.fold(to));
        let id = *self.by_name.get(&old)?;
        if old != new && self.by_name.contains_key(&new) {
            return None;
        }
        self.by_name.remove(&old);
        self.by_name.insert(new, id);
        self.buffers.get_mut(&id)?.name = to.into();
        Some(id)
    }

    /// Files all under their names again, after the server has said which letters are the same.
    pub(crate) fn refold(&mut self, session: &Session) {
        self.by_name = self.buffers.values().map(|buffer| (session.fold(&buffer.name), buffer.id)).collect();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Buffer> {
        self.buffers.values()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Buffer> {
        self.buffers.values_mut()
    }
}
