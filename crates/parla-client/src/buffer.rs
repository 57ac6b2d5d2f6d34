//! One conversation: a channel, a person, or the server itself. Tracks which of its changes the interface and
//! the shell have not been told of yet.

mod answers;
mod deletions;
mod kept_out;
mod past;
mod played;
mod reading;
mod receiving;
mod silenced;

use std::{hash::Hasher as _, sync::Arc};

use fnv::FnvHasher;
use parla_proto::Timestamp;

use self::{answers::Answers, kept_out::KeptOut, past::Past, reading::Reading};
pub(crate) use self::{
    deletions::Deletion,
    past::Missed,
    reading::{Look, ReadPosition},
    receiving::Added,
};
use crate::{
    contract::Output,
    members::MemberList,
    problem::{Problem, ProblemKind},
    room_modes::RoomModes,
    session::Session,
    text::{Text, shown_name},
    timeline::{Anchor, Spot, Timeline},
    turn::Turn,
    view::{
        BufferEvent, BufferId, BufferKind, BufferView, Content, Gap, Presence, Rank, Rights, Row, RowId,
        Topic, UndoneRequest,
    },
};

/// The id that the row of this message has in every client.
fn id_of(msgid: &str) -> RowId {
    let mut hasher = FnvHasher::default();
    hasher.write(msgid.as_bytes());
    RowId(hasher.finish())
}

/// One conversation, with everything that is known of it.
#[derive(Debug)]
pub(crate) struct Buffer {
    id: BufferId,
    kind: BufferKind,
    /// The name as the server knows it.
    name: Arc<str>,
    key: Option<Arc<str>>,
    presence: Presence,
    kept_out: KeptOut,
    topic: Option<Arc<Topic>>,
    modes: RoomModes,
    timeline: Timeline,
    /// The rows of this conversation are numbered from here on.
    first_row: u64,
    /// How many rows this conversation has made.
    rows_made: u32,
    /// Which rows answer messages that have not arrived here.
    answers: Answers,
    members: MemberList,
    /// Up to where the conversation has been read, and how much is unread.
    reading: Reading,
    /// What is known of the time before the person joined.
    past: Past,
    /// The deleted messages, by the time when they were sent.
    deletions: Vec<Deletion>,
    /// Why the other person is away, if the server has told us that they are; empty if it gave no reason.
    away: Option<Arc<str>>,
    /// The away reason that we were last given in answer to a message.
    away_told: Option<Arc<str>>,
    /// What the person has asked for here and was not done.
    undone: Arc<[UndoneRequest]>,
    /// Whether the person has asked to leave.
    is_leaving: bool,
    /// Whether it stays although the person has left, because of messages that were not sent.
    stays_for_unsent: bool,
    /// Whether the shell keeps the messages of this conversation.
    is_archived: bool,
    /// Whether it has changed since the interface last saw it.
    is_changed: bool,
    /// Whether the shell has stored its current record.
    is_stored: bool,
}

impl Buffer {
    /// An empty conversation. `is_archived` has the meaning of [`crate::contract::ArchiveScope::keeps`].
    pub(crate) fn new(id: BufferId, kind: BufferKind, name: &str) -> Self {
        Self {
            id,
            kind,
            name: name.into(),
            key: None,
            presence: if kind == BufferKind::Room { Presence::Joining } else { Presence::Present },
            kept_out: KeptOut::default(),
            topic: None,
            modes: RoomModes::default(),
            timeline: Timeline::default(),
            first_row: u64::from(id.0) << 32,
            rows_made: 0,
            answers: Answers::default(),
            members: MemberList::default(),
            reading: Reading::default(),
            past: Past::new(kind),
            deletions: Vec::new(),
            away: None,
            away_told: None,
            undone: Arc::default(),
            is_leaving: false,
            stays_for_unsent: false,
            is_archived: false,
            is_changed: true,
            is_stored: false,
        }
    }

    /// Marks the conversation as archived by the shell, so that earlier messages may be available.
    pub(crate) const fn archived(mut self) -> Self {
        self.is_archived = true;
        self.past.may_be_more();
        self
    }

    /// Sets the number from which rows are numbered; its lower half is zero.
    pub(crate) const fn numbering_behind(mut self, first_row: u64) -> Self {
        self.first_row ^= first_row;
        self
    }

    pub(crate) const fn id(&self) -> BufferId {
        self.id
    }

    pub(crate) const fn kind(&self) -> BufferKind {
        self.kind
    }

    pub(crate) const fn is_room(&self) -> bool {
        matches!(self.kind, BufferKind::Room)
    }

    /// The name as the server knows it.
    pub(crate) const fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The key (mode `+k`) with which the channel can be joined, if it is known.
    pub(crate) const fn key(&self) -> Option<&Arc<str>> {
        self.key.as_ref()
    }

    pub(crate) const fn presence(&self) -> &Presence {
        &self.presence
    }

    /// Whether the person can speak here now, as far as we know.
    pub(crate) const fn is_present(&self) -> bool {
        matches!(self.presence, Presence::Present)
    }

    /// Whether the person has asked to join and the server has not answered yet.
    pub(crate) const fn is_joining(&self) -> bool {
        matches!(self.presence, Presence::Joining)
    }

    /// Whether the person is not in the channel and has not asked to join.
    pub(crate) const fn is_absent(&self) -> bool {
        matches!(self.presence, Presence::Absent(_))
    }

    /// Whether the person has asked to leave and the server has not answered yet.
    pub(crate) const fn is_leaving(&self) -> bool {
        self.is_leaving
    }

    /// Whether the shell keeps the messages of this conversation.
    pub(crate) const fn is_archived(&self) -> bool {
        self.is_archived
    }

    pub(crate) const fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    pub(crate) const fn timeline_mut(&mut self) -> &mut Timeline {
        &mut self.timeline
    }

    pub(crate) const fn members(&self) -> &MemberList {
        &self.members
    }

    pub(crate) const fn members_mut(&mut self) -> &mut MemberList {
        &mut self.members
    }

    pub(crate) const fn modes(&self) -> &RoomModes {
        &self.modes
    }

    pub(crate) const fn modes_mut(&mut self) -> &mut RoomModes {
        &mut self.modes
    }

    /// The newest message that is known here.
    pub(crate) fn newest(&self) -> Option<Anchor> {
        self.timeline.newest()
    }

    /// Marks the conversation as changed for the interface.
    pub(crate) const fn changed(&mut self) {
        self.is_changed = true;
    }

    /// Whether it has changed since the interface last looked. The interface looks now, so the mark is
    /// cleared.
    pub(crate) fn take_changed(&mut self) -> bool {
        let has_changed = std::mem::take(&mut self.is_changed);
        self.timeline.take_changed() | self.members.take_changed() | self.modes.take_changed() | has_changed
    }

    /// Whether the shell must store its record anew. The caller tells it now, so the mark is cleared.
    pub(crate) const fn take_unstored(&mut self) -> bool {
        !std::mem::replace(&mut self.is_stored, true)
    }
}

/// Changes of the conversation as a whole.
impl Buffer {
    /// Gives the conversation another name.
    pub(crate) fn rename(&mut self, name: &str) {
        self.name = name.into();
        self.is_changed = true;
        self.is_stored = false;
    }

    /// Tells the shell the previous name of the conversation, if it keeps messages of it.
    pub(crate) fn keep_renamed(&self, before: &Arc<str>, turn: &mut Turn<'_>) {
        if self.is_archived {
            let (from, to) = (Arc::clone(before), Arc::clone(&self.name));
            turn.output(Output::Rename { kind: self.kind, from, to });
        }
    }

    /// Restores what the shell had stored: the key, the read position, and why the person was removed from
    /// the channel.
    pub(crate) fn restore(
        &mut self,
        key: Option<Arc<str>>,
        read: Option<ReadPosition>,
        removed: Option<Problem>,
    ) {
        // Restarting the program must not bring somebody back into a channel that they were removed from.
        if let Some(problem) = removed {
            self.presence = Presence::Absent(Some(Arc::new(problem)));
        }
        self.key = key;
        self.reading.restore(read);
        self.is_changed = true;
        self.is_stored = true;
    }

    /// Why somebody removed the person from the channel, if somebody did.
    pub(crate) fn removed(&self) -> Option<&Problem> {
        match &self.presence {
            Presence::Absent(Some(why)) if why.kind == ProblemKind::KickedOut => Some(why),
            _ => None,
        }
    }

    /// The person asks to join, with this key if they know one. Returns false if they are already there.
    pub(crate) fn ask_to_enter(&mut self, key: Option<&str>) -> bool {
        let is_there = self.is_present() && !self.is_leaving;
        self.is_leaving = false;
        if is_there {
            return false;
        }
        self.leave(Presence::Joining);
        if key.is_some() {
            self.key = key.map(Arc::from);
        }
        true
    }

    /// The person has joined the channel at this time, under this name of the channel. Returns false if they
    /// were already there, because a JOIN that is repeated does not count twice.
    pub(crate) fn enter(&mut self, name: &str, at: Timestamp) -> bool {
        if self.is_present() {
            return false;
        }
        self.name = name.into();
        self.presence = Presence::Present;
        self.kept_out.entered();
        self.stays_for_unsent = false;
        self.members.clear();
        self.modes.forget();
        self.begin_anew();
        self.past.entered(at);
        self.reading.entered(at);
        self.is_changed = true;
        self.is_stored = false;
        true
    }

    /// The person asks to leave the room.
    pub(crate) const fn ask_to_leave(&mut self) {
        self.is_leaving = true;
        self.is_stored = false;
    }

    /// The person has left, and messages of theirs were not sent: the conversation stays, so that they are not
    /// lost. Returns false if it stayed before.
    pub(crate) fn stay_for_unsent(&mut self) -> bool {
        self.is_leaving = false;
        if self.is_room() {
            self.leave(Presence::Absent(None));
        }
        !std::mem::replace(&mut self.stays_for_unsent, true)
    }

    /// The person goes on here after all.
    pub(crate) const fn is_used_again(&mut self) {
        self.stays_for_unsent = false;
        if !self.is_room() {
            self.is_leaving = false;
        }
    }

    /// The person is no longer here. What is said from now on will be missing.
    pub(crate) fn leave(&mut self, presence: Presence) {
        if self.is_present() {
            self.miss();
        }
        self.begin_anew();
        self.presence = presence;
        self.members.clear();
        self.is_changed = true;
        self.is_stored = false;
    }

    /// Resets everything that was tied to the connection.
    pub(crate) fn connection_lost(&mut self) {
        self.reading.connection_lost();
        self.begin_anew();
        if self.is_room() && self.is_present() {
            self.leave(Presence::Joining);
        }
        self.is_changed = true;
    }

    /// Sets the channel's key, or removes it.
    pub(crate) fn set_key(&mut self, key: Option<&str>) {
        self.key = key.map(Arc::from);
        self.is_stored = false;
    }

    /// The channel's topic, if it has one.
    pub(crate) const fn topic(&self) -> Option<&Arc<Topic>> {
        self.topic.as_ref()
    }

    /// Sets the channel's topic, or removes it.
    pub(crate) fn set_topic(&mut self, topic: Option<Topic>) {
        self.topic = topic.map(Arc::new);
        self.is_changed = true;
    }

    /// Records who set the topic, and when.
    pub(crate) fn topic_is_by(&mut self, by: Arc<str>, at: Option<Timestamp>) {
        if let Some(topic) = &mut self.topic {
            let topic = Arc::make_mut(topic);
            (topic.by, topic.at) = (Some(by), at);
            self.is_changed = true;
        }
    }

    /// Sets what the person has asked for here and was not done.
    pub(crate) fn set_undone(&mut self, undone: Arc<[UndoneRequest]>) {
        self.is_changed |= self.undone != undone;
        self.undone = undone;
    }

    /// Marks the other person as away for this reason, or as back. Returns false if that was already known.
    pub(crate) fn set_away(&mut self, reason: Option<Arc<str>>) -> bool {
        let is_news = self.away != reason;
        self.is_changed |= is_news;
        self.away = reason;
        if self.away.is_none() {
            self.away_told = None;
        }
        is_news
    }

    /// Whether the other person is away, as far as we know.
    pub(crate) const fn is_away(&self) -> bool {
        self.away.is_some()
    }

    /// Takes the reason for the other person's absence that the server gives in answer to a message. Returns
    /// false if it has given the same reason before.
    pub(crate) fn note_away_reason(&mut self, reason: &str) -> bool {
        self.set_away(Some(Text::parse(reason).plain));
        self.away_told.replace(reason.into()).as_deref() != Some(reason)
    }
}

/// Rows other than messages.
impl Buffer {
    /// A new row id.
    pub(crate) fn row_id(&mut self) -> RowId {
        self.rows_made = self.rows_made.wrapping_add(1);
        RowId(self.first_row | u64::from(self.rows_made))
    }

    /// A new id for the row of a message. If the message has a msgid, the id is the same in every client, so
    /// that the interface recognises the row when another tab takes the lead.
    pub(crate) fn row_id_of(&mut self, msgid: Option<&str>) -> RowId {
        let id = msgid.map(id_of).filter(|id| !self.timeline.contains(*id));
        id.unwrap_or_else(|| self.row_id())
    }

    /// Adds a row for an event.
    pub(crate) fn happened(&mut self, at: Timestamp, event: BufferEvent) {
        self.add(at, Content::Event(event));
    }

    /// Adds a row with a text from the server.
    pub(crate) fn note(&mut self, at: Timestamp, text: Text) {
        self.add(at, Content::Server(text));
    }

    fn add(&mut self, at: Timestamp, content: Content) {
        let id = self.row_id();
        self.timeline.insert(Row { id, at, content }, None);
    }

    /// Adds a gap at this place.
    pub(crate) fn add_gap(&mut self, spot: Spot, gap: Gap) -> RowId {
        let id = self.row_id();
        let at = gap.from.unwrap_or(gap.to);
        self.timeline.insert_at(spot, Row { id, at, content: Content::Gap(gap) }, None);
        id
    }

    /// The conversation as the interface sees it.
    pub(crate) fn view(&self, session: &Session) -> BufferView {
        let rank = self.members.rank(session, session.nick()).unwrap_or(Rank::Member);
        let may = rank <= Rank::HalfOperator;
        let is_in_room = self.is_room() && self.is_present();
        BufferView {
            id: self.id,
            kind: self.kind,
            name: shown_name(&self.name),
            target: Arc::clone(&self.name),
            presence: self.presence.clone(),
            topic: self.topic.clone(),
            timeline: self.timeline.view(),
            members: self.members.view(),
            unread: self.reading.unread(),
            mentions: self.reading.mentions(),
            counted: self.counted(),
            divider: self.reading.divider().filter(|row| self.timeline.contains(*row)),
            earlier: self.past.earlier(),
            rights: Rights {
                set_topic: is_in_room && (may || self.modes.is_topic_free()),
                kick: is_in_room && may,
                rank,
                silenced: self.silenced(session),
            },
            settings: self.modes.view(session),
            away: self.away.clone(),
            capacity: session.capacity(&self.name),
            undone: Arc::clone(&self.undone),
            can_invite: self.can_invite(session),
        }
    }
}
