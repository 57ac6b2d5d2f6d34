//! One conversation: a room, a person, or the server itself.

use std::{sync::Arc, time::Duration};

use parla_proto::Timestamp;

use crate::{
    answers::Answers,
    members::MemberList,
    room_modes::RoomModes,
    session::Session,
    text::shown_name,
    timeline::{Anchor, Timeline},
    view::{BufferId, BufferKind, BufferView, Content, Earlier, Presence, Rank, Rights, Row, RowId, Topic},
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
    pub(crate) answers: Answers,
    pub(crate) members: MemberList,
    /// What is newer was not read.
    pub(crate) read_until: Option<Timestamp>,
    /// Up to where the server knows that it was read, on this connection.
    pub(crate) read_told: Option<Timestamp>,
    pub(crate) unread: u32,
    pub(crate) mentions: u32,
    /// The oldest row that was not read, and its time.
    pub(crate) divider: Option<(RowId, Timestamp)>,
    pub(crate) earlier: Earlier,
    /// When the person came, by the server's clock.
    pub(crate) joined_at: Option<Timestamp>,
    /// What was said while the person was gone and was not fetched yet.
    pub(crate) missed: Missed,
    /// Why the other person is away, if he is and the server has said so; empty if it did not say why.
    pub(crate) away: Option<Arc<str>>,
    /// The reason that was given last as the answer to a message.
    pub(crate) away_told: Option<Arc<str>>,
    /// The person asked to leave.
    pub(crate) is_leaving: bool,
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
            read_until: None,
            read_told: None,
            unread: 0,
            mentions: 0,
            divider: None,
            earlier: if kind == BufferKind::Room { Earlier::Possible } else { Earlier::Unavailable },
            joined_at: None,
            missed: Missed::Nothing,
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

    /// The time at which something that is said now takes its place. Clocks of servers differ a little and are set now and
    /// then: nothing new may hide above what was read. What is much older is a replay.
    pub(crate) fn live_at(&self, at: Timestamp) -> Timestamp {
        const REPLAY_AFTER: Duration = Duration::from_secs(60);
        let newest = self.timeline.rows().next_back().map_or(at, |row| row.at);
        if newest.since(at) < REPLAY_AFTER { newest.max(at) } else { at }
    }

    /// Counts a message of someone else that has come in and was not read.
    pub(crate) fn count(&mut self, row: RowId, at: Timestamp, is_for_person: bool) {
        if self.unread == 0 || self.divider.is_none_or(|(_, oldest)| at < oldest) {
            self.divider = Some((row, at));
        }
        self.unread = self.unread.saturating_add(1);
        if is_for_person {
            self.mentions = self.mentions.saturating_add(1);
        }
    }

    /// A message that was counted will not be read: it was taken back.
    pub(crate) fn uncount(&mut self, at: Timestamp, is_for_person: bool) {
        let is_counted = self.divider.is_some_and(|(_, oldest)| oldest <= at)
            && self.read_until.is_none_or(|read| read <= at);
        if self.unread == 0 || !is_counted {
            return;
        }
        self.unread -= 1;
        if is_for_person {
            self.mentions = self.mentions.saturating_sub(1);
        }
        if self.unread == 0 {
            self.divider = None;
            self.mentions = 0;
        }
    }

    /// It was read up to here on another device. Whether that is news.
    pub(crate) fn is_read_elsewhere(&mut self, until: Timestamp) -> bool {
        if self.read_until.is_some_and(|read| read >= until) {
            return false;
        }
        self.read_until = Some(until);
        if self.unread == 0 {
            return true;
        }
        let (mut unread, mut mentions, mut first) = (0, 0, None);
        for row in self.timeline.rows().filter(|row| row.at > until) {
            if let Content::Said(said) = &row.content
                && !said.own
                && said.deleted.is_none()
            {
                first = first.or(Some((row.id, row.at)));
                unread += 1;
                mentions += u32::from(said.mention || self.kind == BufferKind::Direct);
            }
        }
        self.unread = self.unread.min(unread);
        self.mentions = self.mentions.min(mentions).min(self.unread);
        self.divider = first.filter(|_| self.unread > 0);
        true
    }

    /// All that is here was seen. The divider stays until the person leaves the room or says something.
    pub(crate) fn mark_read(&mut self) -> bool {
        let newest = self.timeline.rows().next_back().map(|row| row.at);
        let changed = self.unread > 0 || newest > self.read_until;
        self.read_until = self.read_until.max(newest);
        self.unread = 0;
        self.mentions = 0;
        changed
    }

    /// Adds a row that is no message and has no time of its own: it is as new as the newest.
    pub(crate) fn note(&mut self, mut row: Row) {
        if let Some(newest) = self.timeline.rows().next_back() {
            row.at = row.at.max(newest.at);
        }
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
            presence: self.presence.clone(),
            topic: self.topic.clone(),
            timeline: self.timeline.view(),
            members: self.members.view(),
            unread: self.unread,
            mentions: self.mentions,
            divider: self.divider.filter(|(_, at)| self.timeline.reaches_back_to(*at)).map(|(row, _)| row),
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
