//! One conversation: a room, a person, or the server itself. Knows what of it the interface and the shell have not been told yet.

mod answers;
mod deletions;
mod past;
mod played;
mod reading;
mod receiving;

use std::{hash::Hasher as _, sync::Arc};

use fnv::FnvHasher;
use parla_proto::Timestamp;

use self::{answers::Answers, past::Past, reading::Reading};
pub(crate) use self::{
    deletions::Deletion,
    past::Missed,
    reading::{Look, Read},
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
        BufferId, BufferKind, BufferView, Content, Event, Gap, Presence, Rank, Rights, Row, RowId, Topic,
    },
};

/// The id that the row of a message has in every client.
fn id_of(msgid: &str) -> RowId {
    let mut hasher = FnvHasher::default();
    hasher.write(msgid.as_bytes());
    RowId(hasher.finish())
}

/// One conversation.
#[derive(Debug)]
pub(crate) struct Buffer {
    id: BufferId,
    kind: BufferKind,
    /// As the server knows it.
    name: Arc<str>,
    key: Option<Arc<str>>,
    presence: Presence,
    topic: Option<Arc<Topic>>,
    modes: RoomModes,
    timeline: Timeline,
    /// Behind this the rows of this conversation are numbered.
    first_row: u64,
    /// Rows that were made for this conversation.
    rows_made: u32,
    /// Answers to messages that are not here.
    answers: Answers,
    members: MemberList,
    /// Up to where it was read, and what was not.
    reading: Reading,
    /// What is known of the time before the person came.
    past: Past,
    /// Messages that were taken back, by when they were said.
    deletions: Vec<Deletion>,
    /// Why the other person is away, if they are and the server has said so; empty if it did not say why.
    away: Option<Arc<str>>,
    /// The reason that was given last as the answer to a message.
    away_told: Option<Arc<str>>,
    /// The person asked to leave.
    is_leaving: bool,
    /// The shell keeps its messages.
    is_archived: bool,
    /// The interface has not seen it as it is now.
    is_changed: bool,
    /// The shell keeps its record as it is now.
    is_stored: bool,
}

impl Buffer {
    /// A conversation of which nothing is known. `is_archived` as in [`crate::contract::Archive::keeps`].
    pub(crate) fn new(id: BufferId, kind: BufferKind, name: &str) -> Self {
        Self {
            id,
            kind,
            name: name.into(),
            key: None,
            presence: if kind == BufferKind::Room { Presence::Joining } else { Presence::Present },
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
            is_leaving: false,
            is_archived: false,
            is_changed: true,
            is_stored: false,
        }
    }

    /// The same, of which the shell keeps the messages: earlier ones may be had.
    pub(crate) const fn archived(mut self) -> Self {
        self.is_archived = true;
        self.past.may_be_more();
        self
    }

    /// The same, whose rows are numbered behind this. Its lower half is empty.
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

    /// What opens the room.
    pub(crate) const fn key(&self) -> Option<&Arc<str>> {
        self.key.as_ref()
    }

    pub(crate) const fn presence(&self) -> &Presence {
        &self.presence
    }

    /// Whether the person can speak here now, as far as one can know.
    pub(crate) const fn is_present(&self) -> bool {
        matches!(self.presence, Presence::Present)
    }

    /// Whether the person has asked to come in, and the server has not answered.
    pub(crate) const fn is_joining(&self) -> bool {
        matches!(self.presence, Presence::Joining)
    }

    /// Whether the person is not in the room and has not asked to come in.
    pub(crate) const fn is_absent(&self) -> bool {
        matches!(self.presence, Presence::Absent(_))
    }

    /// Whether the person has asked to leave, and the server has not answered.
    pub(crate) const fn is_leaving(&self) -> bool {
        self.is_leaving
    }

    /// Whether the shell keeps its messages.
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

    /// The interface has to look at it again.
    pub(crate) const fn changed(&mut self) {
        self.is_changed = true;
    }

    /// Whether the interface has to look at it; it does so now.
    pub(crate) fn take_changed(&mut self) -> bool {
        let has_changed = std::mem::take(&mut self.is_changed);
        self.timeline.take_changed() | self.members.take_changed() | self.modes.take_changed() | has_changed
    }

    /// Whether the shell has to be told what to keep of it; it is told now.
    pub(crate) const fn take_unstored(&mut self) -> bool {
        !std::mem::replace(&mut self.is_stored, true)
    }
}

/// What becomes of the conversation as a whole.
impl Buffer {
    /// It has another name now.
    pub(crate) fn rename(&mut self, name: &str) {
        self.name = name.into();
        self.is_changed = true;
        self.is_stored = false;
    }

    /// Tells the shell what the conversation was called until now, if it keeps messages of it.
    pub(crate) fn keep_renamed(&self, before: &Arc<str>, turn: &mut Turn<'_>) {
        if self.is_archived {
            let (from, to) = (Arc::clone(before), Arc::clone(&self.name));
            turn.output(Output::Rename { kind: self.kind, from, to });
        }
    }

    /// Takes up what the shell kept of it: its key, what was read, and why the person was removed from the room.
    pub(crate) fn restore(&mut self, key: Option<Arc<str>>, read: Option<Read>, removed: Option<Problem>) {
        // Whoever was removed does not walk in again because the program was closed.
        if let Some(problem) = removed {
            self.presence = Presence::Absent(Some(Arc::new(problem)));
        }
        self.key = key;
        self.reading.restore(read);
        self.is_changed = true;
        self.is_stored = true;
    }

    /// Why somebody removed the person from the room, if that was so.
    pub(crate) fn removed(&self) -> Option<&Problem> {
        match &self.presence {
            Presence::Absent(Some(why)) if why.kind == ProblemKind::KickedOut => Some(why),
            _ => None,
        }
    }

    /// The person asks to come in, with this key if they know one. False if they are there already.
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

    /// The person is in the room, at this time and under this name of the room. False if they were there already: told twice, it
    /// is still one coming.
    pub(crate) fn enter(&mut self, name: &str, at: Timestamp) -> bool {
        if self.is_present() {
            return false;
        }
        self.name = name.into();
        self.presence = Presence::Present;
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

    /// The person is here no more. What is said from now on is missing.
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

    /// What was true of the connection is true no more.
    pub(crate) fn connection_lost(&mut self) {
        self.reading.connection_lost();
        self.begin_anew();
        if self.is_room() && self.is_present() {
            self.leave(Presence::Joining);
        }
        self.is_changed = true;
    }

    /// The key of the room is this now.
    pub(crate) fn set_key(&mut self, key: Option<&str>) {
        self.key = key.map(Arc::from);
        self.is_stored = false;
    }

    /// What the room is about.
    pub(crate) const fn topic(&self) -> Option<&Arc<Topic>> {
        self.topic.as_ref()
    }

    /// The room is about something else now, or about nothing.
    pub(crate) fn set_topic(&mut self, topic: Option<Topic>) {
        self.topic = topic.map(Arc::new);
        self.is_changed = true;
    }

    /// By whom and when the topic was set.
    pub(crate) fn topic_is_by(&mut self, by: Arc<str>, at: Option<Timestamp>) {
        if let Some(topic) = &mut self.topic {
            let topic = Arc::make_mut(topic);
            (topic.by, topic.at) = (Some(by), at);
            self.is_changed = true;
        }
    }

    /// The other person is away for this reason, or back. False if that is no news.
    pub(crate) fn set_away(&mut self, reason: Option<Arc<str>>) -> bool {
        let is_news = self.away != reason;
        self.is_changed |= is_news;
        self.away = reason;
        if self.away.is_none() {
            self.away_told = None;
        }
        is_news
    }

    /// Whether the other person is away, as far as is known.
    pub(crate) const fn is_away(&self) -> bool {
        self.away.is_some()
    }

    /// The server answers a message with the reason why the other person is away. False if it has said so before.
    pub(crate) fn away_is_told(&mut self, reason: &str) -> bool {
        self.set_away(Some(Text::parse(reason).plain));
        self.away_told.replace(reason.into()).as_deref() != Some(reason)
    }
}

/// Rows of the conversation besides messages.
impl Buffer {
    /// An id for a row.
    pub(crate) fn row_id(&mut self) -> RowId {
        self.rows_made = self.rows_made.wrapping_add(1);
        RowId(self.first_row | u64::from(self.rows_made))
    }

    /// An id for the row of a message: the same in every client, if the server has a name for it, so that the interface
    /// knows it again when another tab leads.
    pub(crate) fn row_id_of(&mut self, msgid: Option<&str>) -> RowId {
        let id = msgid.map(id_of).filter(|id| !self.timeline.contains(*id));
        id.unwrap_or_else(|| self.row_id())
    }

    /// Something happened here.
    pub(crate) fn happened(&mut self, at: Timestamp, event: Event) {
        self.add(at, Content::Event(event));
    }

    /// The server says something here.
    pub(crate) fn note(&mut self, at: Timestamp, text: Text) {
        self.add(at, Content::Server(text));
    }

    fn add(&mut self, at: Timestamp, content: Content) {
        let id = self.row_id();
        self.timeline.insert(Row { id, at, content }, None);
    }

    /// Puts a gap in its place.
    pub(crate) fn add_gap(&mut self, spot: Spot, gap: Gap) -> RowId {
        let id = self.row_id();
        let at = gap.from.unwrap_or(gap.to);
        self.timeline.insert_at(spot, Row { id, at, content: Content::Gap(gap) }, None);
        id
    }

    /// What the interface sees of it.
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
            },
            settings: self.modes.view(session),
            away: self.away.clone(),
            carries: session.carries(&self.name),
        }
    }
}
