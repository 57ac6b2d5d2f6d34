//! All conversations of one network.

use parla_proto::Timestamp;

use crate::{
    buffer::{Buffer, Look},
    contract::{ArchiveScope, ClientSettings},
    incoming::Incoming,
    limits::{BUFFERS_MAX, BUFFERS_UNASKED_MAX},
    session::Session,
    sorted_map::SortedMap,
    text::{Text, shown_name},
    view::{BufferId, BufferKind, BufferView},
};

/// The bits of the seed that distinguish the rows of this client from those of another one.
const FIRST_ROWS: u64 = !0xffff_ffff;

/// More conversations than these in one input are all looked through for marks.
const TOUCHED_MAX: usize = 8;

/// The conversations, by number and by name.
#[derive(Debug)]
pub(crate) struct Buffers {
    buffers: SortedMap<BufferId, Buffer>,
    /// The conversations by folded name; that of the server has the empty name.
    by_name: SortedMap<String, BufferId>,
    next_buffer: u32,
    /// Conversations number their rows from here on, so that two clients never give one number to different
    /// rows.
    first_row: u64,
    archive: ArchiveScope,
    /// Closed conversations that the interface has not been told of.
    closed: Vec<BufferId>,
    /// Closed conversations of which the shell still keeps the records.
    unstored_ends: Vec<BufferId>,
    touched: Touched,
}

/// The conversations that somebody could change since the client last looked for marks on them. A line is
/// about one conversation, and looking through all of them would cost more than the line itself.
#[derive(Debug)]
enum Touched {
    These(Vec<BufferId>),
    All,
}

impl Buffers {
    pub(crate) fn new(settings: &ClientSettings) -> Self {
        Self {
            buffers: SortedMap::default(),
            by_name: SortedMap::default(),
            next_buffer: 0,
            first_row: settings.seed & FIRST_ROWS,
            archive: settings.archive,
            closed: Vec::new(),
            unstored_ends: Vec::new(),
            touched: Touched::These(Vec::new()),
        }
    }

    pub(crate) fn get(&self, id: BufferId) -> Option<&Buffer> {
        self.buffers.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: BufferId) -> Option<&mut Buffer> {
        self.touch(id);
        self.buffers.get_mut(&id)
    }

    fn touch(&mut self, id: BufferId) {
        match &mut self.touched {
            Touched::These(ids) if ids.contains(&id) => {}
            Touched::These(ids) if ids.len() < TOUCHED_MAX => ids.push(id),
            Touched::These(_) | Touched::All => self.touched = Touched::All,
        }
    }

    /// The conversation with the channel or person of this name.
    pub(crate) fn named(&self, session: &Session, name: &str) -> Option<BufferId> {
        if name.is_empty() { None } else { self.by_name.get(&session.fold(name)).copied() }
    }

    /// The conversation of the channel with this name.
    pub(crate) fn room(&self, session: &Session, name: &str) -> Option<BufferId> {
        self.named(session, name).filter(|id| self.is(*id, BufferKind::Room))
    }

    /// The conversation of the channel with this name, for changes.
    pub(crate) fn room_mut(&mut self, session: &Session, name: &str) -> Option<&mut Buffer> {
        let id = self.room(session, name)?;
        self.get_mut(id)
    }

    /// The conversation with the person who has this nick.
    pub(crate) fn direct(&self, session: &Session, nick: &str) -> Option<BufferId> {
        self.named(session, nick).filter(|id| self.is(*id, BufferKind::Direct))
    }

    /// The conversation with the person who has this nick, for changes.
    pub(crate) fn direct_mut(&mut self, session: &Session, nick: &str) -> Option<&mut Buffer> {
        let id = self.direct(session, nick)?;
        self.get_mut(id)
    }

    /// The conversation that a line is about, if there is one: the channel, even if the line is only for its
    /// operators or voiced members (`@#room`), or the other person.
    pub(crate) fn conversation(&self, session: &Session, incoming: &Incoming<'_>) -> Option<BufferId> {
        let target = incoming.param(0);
        if let Some(target) = session.audience(target) {
            return self.room(session, target.room);
        }
        self.direct(session, if session.is_own(incoming.from) { target } else { incoming.from })
    }

    fn is(&self, id: BufferId, kind: BufferKind) -> bool {
        self.get(id).is_some_and(|buffer| buffer.kind() == kind)
    }

    /// The conversation with somebody who began it; `None` if the remaining places are reserved for the
    /// person's own wishes.
    pub(crate) fn open_unasked(&mut self, session: &Session, nick: &str) -> Option<BufferId> {
        let known = self.direct(session, nick);
        if known.is_some() || !session.is_nick(nick) || self.buffers.len() >= BUFFERS_UNASKED_MAX {
            return known;
        }
        self.open(session, BufferKind::Direct, nick)
    }

    /// The conversation with this name, which is made if it does not exist. `None` if there are too many, or
    /// if one of another kind has the name.
    pub(crate) fn open(&mut self, session: &Session, kind: BufferKind, name: &str) -> Option<BufferId> {
        let folded = session.fold(name);
        if let Some(id) = self.by_name.get(&folded) {
            return Some(*id).filter(|id| self.is(*id, kind));
        }
        // There is always a place for what the server itself says.
        if self.buffers.len() >= BUFFERS_MAX && kind != BufferKind::Server {
            return None;
        }
        self.next_buffer += 1;
        let id = BufferId(self.next_buffer);
        self.by_name.insert(folded, id);
        let buffer = Buffer::new(id, kind, name).numbering_behind(self.first_row);
        self.buffers.insert(id, if self.archive.keeps(kind) { buffer.archived() } else { buffer });
        self.touch(id);
        Some(id)
    }

    /// Closes a conversation. Returns false if it was already closed.
    pub(crate) fn close(&mut self, id: BufferId) -> bool {
        self.by_name.retain(|_, other| *other != id);
        let was_there = self.buffers.remove(&id).is_some();
        if was_there {
            self.closed.push(id);
            self.unstored_ends.push(id);
        }
        was_there
    }

    /// Renames the conversation of a person or channel whose name has changed, unless the new name already
    /// has a conversation.
    pub(crate) fn rename(&mut self, session: &Session, from: &str, to: &str) -> Option<&mut Buffer> {
        let (old, new) = (session.fold(from), session.fold(to));
        let id = self.named(session, from)?;
        if old != new && self.by_name.contains_key(&new) {
            return None;
        }
        self.by_name.remove(&old);
        self.by_name.insert(new, id);
        let buffer = self.get_mut(id)?;
        buffer.rename(to);
        Some(buffer)
    }

    /// Files all conversations under newly folded names, after the server has announced its case mapping.
    pub(crate) fn refold(&mut self, session: &Session) {
        self.by_name =
            self.buffers.values().map(|buffer| (session.fold(buffer.name()), buffer.id())).collect();
    }

    /// Shows a text of the server, or of somebody without a conversation, in the server's own conversation.
    pub(crate) fn note_server(&mut self, session: &Session, at: Timestamp, who: Option<&str>, text: &str) {
        let Some(id) = self.open(session, BufferKind::Server, "") else { return };
        let text = match who {
            Some(nick) => Text::parse(&format!("<{}> {text}", shown_name(nick))),
            None => Text::parse(text),
        };
        if let Some(buffer) = self.get_mut(id) {
            buffer.note(at, text);
        }
    }

    /// Resets everything that was tied to the connection. Returns the conversations that the person had asked
    /// to leave, because those are closed now.
    pub(crate) fn connection_lost(&mut self) -> Vec<BufferId> {
        self.iter_mut().for_each(Buffer::connection_lost);
        self.iter().filter(|buffer| buffer.is_leaving()).map(Buffer::id).collect()
    }

    /// The person has signed in or out, which decides what they may do in rooms.
    pub(crate) fn rights_changed(&mut self) {
        self.iter_mut().filter(|buffer| buffer.is_room()).for_each(Buffer::changed);
    }

    /// Marks as read what the person is looking at, unless missed messages are on their way there. Returns
    /// whether none are.
    pub(crate) fn seen(&mut self, look: Look) -> bool {
        let Some(buffer) = look.buffer.and_then(|id| self.get_mut(id)) else { return false };
        buffer.seen(look);
        !buffer.awaits_missed()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Buffer> {
        self.buffers.values()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Buffer> {
        self.touched = Touched::All;
        self.buffers.values_mut()
    }

    /// Whether any of the touched conversations has a mark, which `take` clears.
    fn take_marks(&mut self, mut take: impl FnMut(&mut Buffer) -> bool) -> bool {
        match &self.touched {
            Touched::All => self.buffers.values_mut().fold(false, |any, buffer| take(buffer) | any),
            Touched::These(ids) => {
                ids.iter().fold(false, |any, id| self.buffers.get_mut(id).is_some_and(&mut take) | any)
            }
        }
    }
}

/// Changes that others must be told of.
impl Buffers {
    /// The conversations that were closed since the last call.
    pub(crate) fn take_closed(&mut self) -> Vec<BufferId> {
        std::mem::take(&mut self.closed)
    }

    /// The conversations that changed since the last call, as the interface sees them.
    pub(crate) fn take_changed(&mut self, session: &Session) -> Vec<BufferView> {
        let changed = self.buffers.values_mut();
        let changed = changed.filter_map(|buffer| buffer.take_changed().then_some(&*buffer));
        changed.map(|buffer| buffer.view(session)).collect()
    }

    /// Whether a read position has moved since the last call.
    pub(crate) fn take_read_moved(&mut self) -> bool {
        self.take_marks(Buffer::take_read_moved)
    }

    /// The conversations whose records the shell must store anew, or delete because they were closed. The
    /// caller tells it now, so the marks are cleared. They are the last that are looked for after an input.
    pub(crate) fn take_unstored(&mut self) -> Vec<BufferId> {
        let mut unstored = std::mem::take(&mut self.unstored_ends);
        self.take_marks(|buffer| {
            let is_unstored = buffer.take_unstored();
            unstored.extend(is_unstored.then_some(buffer.id()));
            is_unstored
        });
        match &mut self.touched {
            Touched::These(ids) => ids.clear(),
            Touched::All => self.touched = Touched::These(Vec::new()),
        }
        unstored
    }
}
