//! One conversation: a room, a person, or the server itself.

use std::sync::Arc;

use parla_proto::Timestamp;

use crate::{
    members::MemberList,
    session::Session,
    text::shown_name,
    timeline::Timeline,
    view::{BufferId, BufferKind, BufferView, Earlier, Presence, Rank, Rights, Row, RowId, Topic},
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
    /// Only operators may set the topic (`+t`).
    pub(crate) topic_locked: bool,
    pub(crate) timeline: Timeline,
    pub(crate) members: MemberList,
    /// What is newer was not read.
    pub(crate) read_until: Option<Timestamp>,
    pub(crate) unread: u32,
    pub(crate) mentions: u32,
    pub(crate) divider: Option<RowId>,
    pub(crate) earlier: Earlier,
    /// Up to when one was there before the connection was lost; what follows may be missing.
    pub(crate) absent_since: Option<Timestamp>,
    /// The person asked to be here and is to be taken here when it works.
    pub(crate) show_when_joined: bool,
    /// The person asked to leave.
    pub(crate) is_leaving: bool,
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
            topic_locked: true,
            timeline: Timeline::default(),
            members: MemberList::default(),
            read_until: None,
            unread: 0,
            mentions: 0,
            divider: None,
            earlier: if kind == BufferKind::Room { Earlier::Possible } else { Earlier::Unavailable },
            absent_since: None,
            show_when_joined: false,
            is_leaving: false,
        }
    }

    /// Whether the person can speak here now, as far as one can know.
    pub(crate) fn is_present(&self) -> bool {
        self.presence == Presence::Present
    }

    /// Counts a message of someone else that has come in.
    pub(crate) fn count(&mut self, row: RowId, at: Timestamp, is_for_person: bool) {
        if self.read_until.is_some_and(|read| at <= read) {
            return;
        }
        if self.unread == 0 {
            self.divider = Some(row);
        }
        self.unread = self.unread.saturating_add(1);
        if is_for_person {
            self.mentions = self.mentions.saturating_add(1);
        }
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
            divider: self.divider,
            earlier: self.earlier,
            rights: Rights { set_topic: is_room && (may || !self.topic_locked), kick: is_room && may },
        }
    }
}
