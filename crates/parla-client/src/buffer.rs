//! One conversation: a room, a person, or the server itself.

mod answers;
mod played;

use std::sync::Arc;

use parla_proto::Timestamp;

use self::{answers::Answers, played::Played};
use crate::{
    members::MemberList,
    room_modes::RoomModes,
    session::Session,
    text::shown_name,
    timeline::{Anchor, Mark, Timeline},
    view::{
        BufferId, BufferKind, BufferView, Content, Counted, Earlier, GapState, Presence, Rank, Rights, Row,
        RowId, Topic,
    },
};

/// One conversation.
#[derive(Debug)]
pub(crate) struct Buffer {
    pub(crate) id: BufferId,
    pub(crate) kind: BufferKind,
    /// As the server knows it.
    pub(crate) name: Arc<str>,
    pub(crate) key: Option<Arc<str>>,
    pub(crate) presence: Presence,
    pub(crate) topic: Option<Arc<Topic>>,
    pub(crate) modes: RoomModes,
    pub(crate) timeline: Timeline,
    /// Answers to messages that are not here.
    answers: Answers,
    pub(crate) members: MemberList,
    /// What stands behind this was not read. None if nothing ever was.
    pub(crate) read: Option<Read>,
    /// Up to where the server knows that it was read, on this connection.
    pub(crate) read_told: Option<Timestamp>,
    pub(crate) unread: u32,
    pub(crate) mentions: u32,
    /// The first row that was not read.
    pub(crate) divider: Option<RowId>,
    /// The person is here for the first time: what was said before is not news.
    pub(crate) is_first_visit: bool,
    /// The last of the messages that are being repeated without a batch: the next one follows it.
    pub(crate) repeated: Option<RowId>,
    /// Before this time the archive has not been asked. None if it was not asked at all.
    pub(crate) recalled_to: Option<Timestamp>,
    pub(crate) earlier: Earlier,
    /// When the person came, by the server's clock.
    pub(crate) joined_at: Option<Timestamp>,
    /// What was said while the person was gone and was not fetched yet.
    pub(crate) missed: Missed,
    /// What a bouncer plays back; none if nothing is expected of one.
    played: Option<Played>,
    /// Why the other person is away, if he is and the server has said so; empty if it did not say why.
    pub(crate) away: Option<Arc<str>>,
    /// The reason that was given last as the answer to a message.
    pub(crate) away_told: Option<Arc<str>>,
    /// The person asked to leave.
    pub(crate) is_leaving: bool,
}

/// The message up to which a conversation was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Read {
    /// Its time; decides only where no id is known.
    pub(crate) at: Timestamp,
    pub(crate) msgid: Option<Arc<str>>,
}

/// How a message comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coming {
    /// It is said now.
    Live,
    /// It was said earlier and is repeated without a batch, as bouncers do.
    Repeated,
    /// In a page of history.
    Page,
    /// Out of the archive.
    Archive,
}

/// What of a room is not known and not marked as a gap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Missed {
    /// All is here, as far as one can know.
    #[default]
    Nothing,
    /// What followed this.
    Since(Anchor),
    /// Whatever there is.
    All,
}

impl Buffer {
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
            answers: Answers::default(),
            members: MemberList::default(),
            read: None,
            read_told: None,
            unread: 0,
            mentions: 0,
            divider: None,
            is_first_visit: false,
            repeated: None,
            recalled_to: None,
            earlier: if kind == BufferKind::Room { Earlier::Possible } else { Earlier::Unavailable },
            joined_at: None,
            missed: Missed::Nothing,
            played: None,
            away: None,
            away_told: None,
            is_leaving: false,
        }
    }

    /// Whether the person can speak here now, as far as one can know.
    pub(crate) fn is_present(&self) -> bool {
        self.presence == Presence::Present
    }

    /// The newest message that is known here.
    pub(crate) fn newest(&self) -> Option<Anchor> {
        self.timeline.newest()
    }

    /// The person is here no more. What is said from now on is missing.
    pub(crate) fn leave(&mut self, presence: Presence) {
        if self.is_present() {
            self.miss();
        }
        self.begin_anew();
        self.presence = presence;
        self.members.clear();
    }

    /// From where on something is missing now, unless that was so before.
    pub(crate) fn miss(&mut self) -> &Missed {
        if self.missed == Missed::Nothing {
            self.missed = self.timeline.newest().map_or(Missed::All, Missed::Since);
        }
        &self.missed
    }

    /// The connection is another, or the person comes or goes: what is missing stands behind all that is known.
    pub(crate) const fn begin_anew(&mut self) {
        self.timeline.begin_anew();
        self.repeated = None;
    }

    /// Whether a message of somebody else that has found its place was not read. Where the rows show up to where the person
    /// has read, their order decides; its time only where nothing else is known.
    pub(crate) fn is_unread(&self, row: RowId, at: Timestamp, coming: Coming) -> bool {
        if let Some(mark) = self.timeline.read() {
            return self.timeline.is_behind(row, mark);
        }
        match (coming, &self.read) {
            (Coming::Live, _) => true,
            (Coming::Page, _) if self.is_first_visit => false,
            (_, Some(read)) => at > read.at,
            // Of an archived room where nothing is known to be read, all of it may be old; of a person's messages none was
            // seen.
            (Coming::Archive, None) => self.kind == BufferKind::Direct,
            (Coming::Page | Coming::Repeated, None) => true,
        }
    }

    /// Counts a message of someone else that was not read.
    pub(crate) fn count(&mut self, row: RowId, is_for_person: bool) {
        let is_first = |divider: RowId| self.timeline.later(Some(row), Some(divider)) == Some(divider);
        if self.unread == 0 || self.divider.is_none_or(is_first) {
            self.divider = Some(row);
        }
        self.unread = self.unread.saturating_add(1);
        if is_for_person {
            self.mentions = self.mentions.saturating_add(1);
        }
    }

    /// A message that was counted was taken back: it will not be read.
    pub(crate) fn uncount(&mut self, row: RowId, is_for_person: bool) {
        if self.unread == 0 {
            return;
        }
        if let Some(mark) = self.timeline.read() {
            return self.read_to(mark);
        }
        if self
            .divider
            .is_some_and(|first| self.timeline.later(Some(first), Some(row)) == Some(row) || first == row)
        {
            self.unread -= 1;
            self.mentions = self.mentions.saturating_sub(u32::from(is_for_person)).min(self.unread);
            self.divider = self.divider.filter(|_| self.unread > 0);
        }
    }

    /// It was read up to this time on another device. Whether that is news.
    pub(crate) fn is_read_elsewhere(&mut self, until: Timestamp) -> bool {
        if self.read_at().is_some_and(|read| read >= until) {
            return false;
        }
        self.read = Some(Read { at: until, msgid: None });
        let last = self.timeline.rows().rev().find(|row| row.at <= until).map(|row| row.id);
        let is_known =
            |last: RowId| self.timeline.read().is_some_and(|mark| !self.timeline.is_behind(last, mark));
        if let Some(last) = last.filter(|last| !is_known(*last)) {
            self.read_to(Mark::Behind(last));
        }
        true
    }

    /// The time up to which it was read.
    pub(crate) fn read_at(&self) -> Option<Timestamp> {
        self.read.as_ref().map(|read| read.at)
    }

    /// The message up to which was read has found its place: what stands behind it is counted anew.
    pub(crate) fn find_read(&mut self, row: RowId, msgid: Option<&str>) {
        let is_it =
            self.read.as_ref().is_some_and(|read| read.msgid.is_some() && read.msgid.as_deref() == msgid);
        if is_it && self.timeline.read() != Some(Mark::Behind(row)) {
            self.read_to(Mark::Behind(row));
        }
    }

    /// Counts anew what was not read: all behind this place.
    pub(crate) fn read_to(&mut self, mark: Mark) {
        self.timeline.set_read(Some(mark));
        let is_direct = self.kind == BufferKind::Direct;
        let (mut unread, mut mentions, mut first) = (0_u32, 0_u32, None);
        for row in self.timeline.behind(mark) {
            if let Content::Said(said) = &row.content
                && !said.own
                && said.deleted.is_none()
            {
                unread = unread.saturating_add(1);
                mentions = mentions.saturating_add(u32::from(said.mention || is_direct));
                first = first.or(Some(row.id));
            }
        }
        (self.unread, self.mentions, self.divider) = (unread, mentions, first);
    }

    /// On the first visit, what was said before the person came is known now, and is not news.
    pub(crate) fn end_first_visit(&mut self) -> bool {
        if !std::mem::take(&mut self.is_first_visit) || self.timeline.read().is_some() {
            return false;
        }
        let Some(mark) = self.timeline.seam() else { return false };
        self.timeline.set_read(Some(mark));
        let newest = match mark {
            Mark::Before(row) => self.timeline.around(row).0,
            Mark::Behind(_) => self.timeline.newest(),
        };
        if let Some(newest) = newest {
            self.read = Some(Read { at: newest.at, msgid: newest.msgid });
        }
        true
    }

    /// All that is here was seen. The divider stays until the person leaves the room or says something.
    pub(crate) fn mark_read(&mut self) -> bool {
        let Some((last, at)) = self.timeline.rows().next_back().map(|row| (row.id, row.at)) else {
            return false;
        };
        let mark = Mark::Behind(last);
        self.timeline.set_read(Some(mark));
        let had_unread = self.unread > 0;
        (self.unread, self.mentions) = (0, 0);
        let newest = self.timeline.newest().map(|newest| Read { at: newest.at, msgid: newest.msgid });
        let read = newest.unwrap_or(Read { at, msgid: None });
        let changed = had_unread || self.read.as_ref() != Some(&read);
        self.read = Some(read);
        changed
    }

    /// What was missed is on its way. Until it is here, nothing counts as seen: it would be above all that was.
    pub(crate) fn is_awaited(&self) -> bool {
        self.kind == BufferKind::Room && self.is_present() && self.missed != Missed::Nothing
    }

    /// The message up to which was read, to ask what came after it.
    pub(crate) fn read_anchor(&self) -> Option<Anchor> {
        let read = self.read.as_ref()?;
        Some(Anchor { msgid: read.msgid.clone(), at: read.at, row: None })
    }

    /// Whether more was not read than is counted.
    fn counted(&self) -> Counted {
        let is_unread = |row: &Row| match (self.timeline.read(), &row.content) {
            (_, Content::Gap(gap)) if gap.state == GapState::Lost => false,
            (Some(mark), _) => self.timeline.is_behind(row.id, mark),
            (None, Content::Gap(gap)) => self.read.as_ref().is_some_and(|read| gap.to > read.at),
            (None, _) => false,
        };
        let is_open = self.unread > 0 && self.timeline.gaps().any(is_unread);
        if is_open { Counted::InPart } else { Counted::All }
    }

    /// Adds a row that is no message and has no time of its own: it is as new as the newest.
    pub(crate) fn note(&mut self, row: Row) {
        self.timeline.insert(row, None);
    }

    pub(crate) fn view(&self, session: &Session) -> BufferView {
        let rank = self.members.rank(session, &session.nick).unwrap_or(Rank::Member);
        let may = rank <= Rank::HalfOperator;
        let is_room = self.kind == BufferKind::Room && self.is_present();
        BufferView {
            id: self.id,
            kind: self.kind,
            name: shown_name(&self.name),
            target: Arc::clone(&self.name),
            presence: self.presence.clone(),
            topic: self.topic.clone(),
            timeline: self.timeline.view(),
            members: self.members.view(),
            unread: self.unread,
            mentions: self.mentions,
            counted: self.counted(),
            divider: self.divider.filter(|row| self.timeline.contains(*row)),
            earlier: self.earlier,
            rights: Rights {
                set_topic: is_room && (may || self.modes.is_topic_free()),
                kick: is_room && may,
                rank,
            },
            settings: self.modes.view(session),
            away: self.away.clone(),
            carries: session.carries(&self.name),
        }
    }
}
