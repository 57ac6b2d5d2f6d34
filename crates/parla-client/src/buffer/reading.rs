//! Up to where a conversation has been read, and how much is unread. The order of the rows decides wherever
//! it is known; times are used only where nothing else is.

use std::sync::Arc;

use parla_proto::Timestamp;

use super::Buffer;
use crate::{
    received::Coming,
    timeline::{Anchor, RowBoundary},
    view::{BufferId, BufferKind, Content, Counted, Gap, GapState, Row, RowId},
};

/// How much of a conversation the person has read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Everything after this message is unread; `None` if nothing has ever been read.
    read: Option<ReadPosition>,
    /// The read position that the server knows of on this connection.
    told: Option<Timestamp>,
    unread: u32,
    mentions: u32,
    /// The first unread row.
    divider: Option<RowId>,
    /// Whether this is the person's first visit, on which earlier messages do not count as unread.
    is_first_visit: bool,
    /// Whether the read position has moved since the client last checked.
    has_moved: bool,
}

/// The message up to which a conversation has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReadPosition {
    /// The time of the message; used only if no msgid is known.
    pub(crate) at: Timestamp,
    pub(crate) msgid: Option<Arc<str>>,
}

/// What the person is looking at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) buffer: Option<BufferId>,
    pub(crate) at_end: bool,
}

impl Look {
    /// Whether the newest row of this conversation is in view.
    pub(crate) fn is_at_end_of(&self, buffer: BufferId) -> bool {
        self.buffer == Some(buffer) && self.at_end
    }
}

impl Reading {
    pub(super) fn restore(&mut self, read: Option<ReadPosition>) {
        self.read = read;
    }

    pub(super) const fn unread(&self) -> u32 {
        self.unread
    }

    pub(super) const fn mentions(&self) -> u32 {
        self.mentions
    }

    pub(super) const fn divider(&self) -> Option<RowId> {
        self.divider
    }

    /// The person has joined. What was said before their first visit does not count as unread.
    pub(super) fn entered(&mut self, at: Timestamp) {
        if self.read.is_none() {
            self.is_first_visit = true;
            self.read = Some(ReadPosition { at, msgid: None });
        }
    }

    pub(super) const fn connection_lost(&mut self) {
        self.told = None;
    }
}

impl Buffer {
    /// The message up to which the conversation has been read.
    pub(crate) const fn last_read(&self) -> Option<&ReadPosition> {
        self.reading.read.as_ref()
    }

    /// The time up to which it has been read.
    pub(crate) fn read_at(&self) -> Option<Timestamp> {
        self.last_read().map(|read| read.at)
    }

    /// The message up to which it has been read, in the form for asking what came after it.
    pub(crate) fn read_anchor(&self) -> Option<Anchor> {
        let read = self.last_read()?;
        Some(Anchor { msgid: read.msgid.clone(), at: read.at, row: None })
    }

    /// The number of unread messages.
    pub(crate) const fn unread(&self) -> u32 {
        self.reading.unread
    }

    /// Whether the read position has moved since the last call.
    pub(crate) const fn take_read_moved(&mut self) -> bool {
        std::mem::replace(&mut self.reading.has_moved, false)
    }

    /// The read position that the server must still be told; `None` if it knows.
    pub(crate) fn read_untold(&self) -> Option<Timestamp> {
        self.read_at().filter(|read| Some(*read) > self.reading.told)
    }

    /// Notes that the server knows of this read position.
    pub(crate) fn read_is_told(&mut self, until: Timestamp) {
        self.reading.told = self.reading.told.max(Some(until));
    }

    /// Takes the read position from another device.
    pub(crate) fn read_elsewhere(&mut self, until: Timestamp) {
        self.read_is_told(until);
        if self.read_at().is_some_and(|read| read >= until) {
            return;
        }
        self.reading.read = Some(ReadPosition { at: until, msgid: None });
        let last = self.timeline.rows().rev().find(|row| row.at <= until).map(|row| row.id);
        let is_known = |last: RowId| {
            self.timeline.read_boundary().is_some_and(|boundary| !self.timeline.is_behind(last, boundary))
        };
        if let Some(last) = last.filter(|last| !is_known(*last)) {
            self.read_to(RowBoundary::Behind(last));
        }
        self.is_changed = true;
        self.is_stored = false;
    }

    /// Marks everything here as read. The divider stays until the person leaves the conversation or writes
    /// something.
    pub(crate) fn read_all(&mut self) {
        let Some((last, at)) = self.timeline.rows().next_back().map(|row| (row.id, row.at)) else { return };
        self.timeline.set_read(Some(RowBoundary::Behind(last)));
        let had_unread = self.reading.unread > 0;
        (self.reading.unread, self.reading.mentions) = (0, 0);
        let newest = self.timeline.newest().map(|newest| ReadPosition { at: newest.at, msgid: newest.msgid });
        let read = newest.unwrap_or(ReadPosition { at, msgid: None });
        if had_unread || self.last_read() != Some(&read) {
            self.reading.has_moved = true;
            self.is_changed = true;
            self.is_stored = false;
        }
        self.reading.read = Some(read);
    }

    /// The person has answered, so everything counts as read and the divider is no longer needed.
    pub(crate) fn answered(&mut self) {
        self.read_all();
        self.reading.divider = None;
        self.is_changed = true;
    }

    /// Marks everything as read if the end is in view and no missed messages are on their way.
    pub(crate) fn seen(&mut self, look: Look) {
        if look.is_at_end_of(self.id) && !self.awaits_missed() {
            self.read_all();
        }
    }

    /// Something new has arrived. If the conversation was read to its end and is in view, it stays read.
    pub(crate) fn came(&mut self, look: Look) {
        if self.reading.unread == 0 {
            self.seen(look);
        }
    }

    /// The person has switched to another conversation; if everything was read, the divider goes.
    pub(crate) fn looked_away(&mut self) {
        if self.reading.unread == 0 && self.reading.divider.take().is_some() {
            self.is_changed = true;
        }
    }

    /// Whether a message from somebody else, which has been put in its place, is unread.
    pub(super) fn is_unread(&self, row: RowId, at: Timestamp, coming: Coming) -> bool {
        if let Some(boundary) = self.timeline.read_boundary() {
            return self.timeline.is_behind(row, boundary);
        }
        match (coming, self.last_read()) {
            (Coming::Live, _) => true,
            (Coming::Page, _) if self.reading.is_first_visit => false,
            (_, Some(read)) => at > read.at,
            // If nothing is known to have been read in an archived channel, all of its messages may be old;
            // in a direct conversation none has been seen.
            (Coming::Archive, None) => self.kind == BufferKind::Direct,
            (Coming::Page | Coming::Repeated, None) => true,
        }
    }

    /// Counts an unread message from somebody else.
    pub(super) fn count(&mut self, row: RowId, is_for_person: bool) {
        let is_first = |divider: RowId| self.timeline.later(Some(row), Some(divider)) == Some(divider);
        if self.reading.unread == 0 || self.reading.divider.is_none_or(is_first) {
            self.reading.divider = Some(row);
        }
        self.reading.unread = self.reading.unread.saturating_add(1);
        if is_for_person {
            self.reading.mentions = self.reading.mentions.saturating_add(1);
        }
    }

    /// Stops counting a message that was deleted before it was read.
    pub(crate) fn uncount(&mut self, row: RowId, is_for_person: bool) {
        if self.reading.unread == 0 {
            return;
        }
        if let Some(boundary) = self.timeline.read_boundary() {
            return self.read_to(boundary);
        }
        let is_behind = |first| self.timeline.later(Some(first), Some(row)) == Some(row) || first == row;
        let reading = &mut self.reading;
        if reading.divider.is_some_and(is_behind) {
            reading.unread -= 1;
            reading.mentions = reading.mentions.saturating_sub(u32::from(is_for_person)).min(reading.unread);
            reading.divider = reading.divider.filter(|_| reading.unread > 0);
        }
    }

    /// If this is the message up to which was read, counts anew what follows it.
    pub(super) fn find_read(&mut self, row: RowId, msgid: Option<&str>) {
        let is_it =
            self.last_read().is_some_and(|read| read.msgid.is_some() && read.msgid.as_deref() == msgid);
        if is_it && self.timeline.read_boundary() != Some(RowBoundary::Behind(row)) {
            self.read_to(RowBoundary::Behind(row));
        }
    }

    /// Counts the unread messages anew: everything after this place.
    pub(crate) fn read_to(&mut self, boundary: RowBoundary) {
        self.timeline.set_read(Some(boundary));
        let is_direct = self.kind == BufferKind::Direct;
        let (mut unread, mut mentions, mut first) = (0_u32, 0_u32, None);
        for row in self.timeline.behind(boundary) {
            if let Content::Message(message) = &row.content
                && !message.author.own
                && message.deleted.is_none()
            {
                unread = unread.saturating_add(1);
                mentions = mentions.saturating_add(u32::from(message.mention || is_direct));
                first = first.or(Some(row.id));
            }
        }
        let reading = &mut self.reading;
        (reading.unread, reading.mentions, reading.divider) = (unread, mentions, first);
        self.is_changed = true;
    }

    /// Ends the first visit: what was said before the person joined is known now, and does not count as
    /// unread.
    pub(crate) fn end_first_visit(&mut self) {
        if !std::mem::take(&mut self.reading.is_first_visit) || self.timeline.read_boundary().is_some() {
            return;
        }
        let Some(boundary) = self.timeline.seam() else { return };
        self.timeline.set_read(Some(boundary));
        let newest = match boundary {
            RowBoundary::Before(row) => self.timeline.around(row).0,
            RowBoundary::Behind(_) => self.timeline.newest(),
        };
        if let Some(newest) = newest {
            self.reading.read = Some(ReadPosition { at: newest.at, msgid: newest.msgid });
        }
        self.is_stored = false;
    }

    /// Ends the first visit although nothing will be known of what was said before.
    pub(crate) const fn give_up_first_visit(&mut self) {
        self.reading.is_first_visit = false;
    }

    /// Whether everything unread has come since the person joined, or nothing is unread.
    pub(crate) fn is_all_unread_live(&self) -> bool {
        self.reading.divider.is_none_or(|row| self.timeline.is_live(row))
    }

    /// Whether there are more unread messages than have been counted.
    pub(super) fn counted(&self) -> Counted {
        let is_unread = |row: &Row| match (self.timeline.read_boundary(), &row.content) {
            (_, Content::Gap(Gap { state: GapState::Lost, .. })) => false,
            (Some(boundary), _) => self.timeline.is_behind(row.id, boundary),
            (None, Content::Gap(gap)) => self.last_read().is_some_and(|read| gap.to > read.at),
            (None, _) => false,
        };
        let is_open = self.reading.unread > 0 && self.timeline.gaps().any(is_unread);
        if is_open { Counted::InPart } else { Counted::All }
    }
}
