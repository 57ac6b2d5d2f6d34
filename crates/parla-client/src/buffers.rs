//! All conversations of one network.

use crate::{
    buffer::Buffer,
    contract::Settings,
    limits::{BUFFERS_MAX, BUFFERS_UNASKED_MAX},
    session::Session,
    sorted_map::SortedMap,
    view::{BufferId, BufferKind, Earlier, RowId},
};

/// The bits of the seed that the numbers of a client's own rows begin with: two clients do not give the same number to
/// different rows, however long they run.
const FIRST_ROWS: u64 = !0xffff_ffff;

/// FNV-1a.
fn id_of(msgid: &str) -> RowId {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    RowId(msgid.bytes().fold(0xcbf2_9ce4_8422_2325, step))
}

/// The conversations, by number and by name.
#[derive(Debug)]
pub(crate) struct Buffers {
    buffers: SortedMap<BufferId, Buffer>,
    /// By folded name; that of the server is empty.
    by_name: SortedMap<String, BufferId>,
    next_buffer: u32,
    next_row: u64,
    /// Whether there may be more of a direct conversation than the client has seen.
    direct_earlier: Earlier,
}

impl Buffers {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            buffers: SortedMap::default(),
            by_name: SortedMap::default(),
            next_buffer: 0,
            next_row: settings.seed & FIRST_ROWS,
            direct_earlier: if settings.archive.keeps(BufferKind::Direct) {
                Earlier::Possible
            } else {
                Earlier::Unavailable
            },
        }
    }

    /// An id for a row.
    pub(crate) fn row_id(&mut self) -> RowId {
        self.next_row = self.next_row.wrapping_add(1);
        RowId(self.next_row)
    }

    /// An id for the row of a message: the same in every client, if the server has a name for it, so that the interface
    /// knows it again when another tab leads.
    pub(crate) fn row_id_of(&mut self, buffer: BufferId, msgid: Option<&str>) -> RowId {
        let known = |id: &RowId| self.get(buffer).is_some_and(|buffer| buffer.timeline.contains(*id));
        match msgid.map(id_of).filter(|id| !known(id)) {
            Some(id) => id,
            None => self.row_id(),
        }
    }

    pub(crate) fn get(&self, id: BufferId) -> Option<&Buffer> {
        self.buffers.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: BufferId) -> Option<&mut Buffer> {
        self.buffers.get_mut(&id)
    }

    /// The room or the person of this name.
    pub(crate) fn named(&self, session: &Session, name: &str) -> Option<BufferId> {
        if name.is_empty() { None } else { self.by_name.get(&session.fold(name)).copied() }
    }

    pub(crate) fn room(&self, session: &Session, name: &str) -> Option<BufferId> {
        self.named(session, name).filter(|id| self.is(*id, BufferKind::Room))
    }

    pub(crate) fn direct(&self, session: &Session, name: &str) -> Option<BufferId> {
        self.named(session, name).filter(|id| self.is(*id, BufferKind::Direct))
    }

    fn is(&self, id: BufferId, kind: BufferKind) -> bool {
        self.get(id).is_some_and(|buffer| buffer.kind == kind)
    }

    /// The conversation with someone who began it; none if there are so many that the person's own wishes need the rest.
    pub(crate) fn open_unasked(&mut self, session: &Session, nick: &str) -> Option<BufferId> {
        let known = self.direct(session, nick);
        if known.is_some() || !session.is_nick(nick) || self.buffers.len() >= BUFFERS_UNASKED_MAX {
            return known;
        }
        self.open(session, BufferKind::Direct, nick)
    }

    /// The conversation of this name, made if it is not there. None if there are too many, or there is one of another kind.
    pub(crate) fn open(&mut self, session: &Session, kind: BufferKind, name: &str) -> Option<BufferId> {
        let folded = session.fold(name);
        if let Some(id) = self.by_name.get(&folded) {
            return Some(*id).filter(|id| self.is(*id, kind));
        }
        // The server's own words always have a place.
        if self.buffers.len() >= BUFFERS_MAX && kind != BufferKind::Server {
            return None;
        }
        self.next_buffer += 1;
        let id = BufferId(self.next_buffer);
        self.by_name.insert(folded, id);
        let mut buffer = Buffer::new(id, kind, name);
        if kind == BufferKind::Direct {
            buffer.earlier = self.direct_earlier;
        }
        self.buffers.insert(id, buffer);
        Some(id)
    }

    pub(crate) fn close(&mut self, id: BufferId) -> Option<Buffer> {
        self.by_name.retain(|_, other| *other != id);
        self.buffers.remove(&id)
    }

    /// Follows a person or a room whose name has changed, unless there is a conversation under the new one already.
    pub(crate) fn rename(&mut self, session: &Session, from: &str, to: &str) -> Option<BufferId> {
        let (old, new) = (session.fold(from), session.fold(to));
        let id = self.named(session, from)?;
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
