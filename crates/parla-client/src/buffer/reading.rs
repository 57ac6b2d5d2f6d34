//! Up to where a conversation was read, and what was not. Where the rows show that, their order decides; times only where nothing
//! else is known.

use std::sync::Arc;

use parla_proto::Timestamp;

use super::Buffer;
use crate::{
    received::Coming,
    timeline::{Anchor, Mark},
    view::{BufferId, BufferKind, Content, Counted, Gap, GapState, Row, RowId},
};

/// What the person has read of a conversation.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// What stands behind this was not read. None if nothing ever was.
    read: Option<Read>,
    /// Up to where the server knows that it was read, on this connection.
    told: Option<Timestamp>,
    unread: u32,
    mentions: u32,
    /// The first row that was not read.
    divider: Option<RowId>,
    /// The person is here for the first time: what was said before is not news.
    is_first_visit: bool,
    /// More was read since the client looked last.
    has_moved: bool,
}

/// The message up to which a conversation was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Read {
    /// Its time; decides only where no id is known.
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
    pub(super) fn restore(&mut self, read: Option<Read>) {
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

    /// The person has come in. What was said before they first came is not new to them.
    pub(super) fn entered(&mut self, at: Timestamp) {
        if self.read.is_none() {
            self.is_first_visit = true;
            self.read = Some(Read { at, msgid: None });
        }
    }

    pub(super) const fn connection_lost(&mut self) {
        self.told = None;
    }
}

impl Buffer {
    /// The message up to which was read.
    pub(crate) const fn read(&self) -> Option<&Read> {
        self.reading.read.as_ref()
    }

    /// The time up to which it was read.
    pub(crate) fn read_at(&self) -> Option<Timestamp> {
        self.read().map(|read| read.at)
    }

    /// The message up to which was read, to ask what came after it.
    pub(crate) fn read_anchor(&self) -> Option<Anchor> {
        let read = self.read()?;
        Some(Anchor { msgid: read.msgid.clone(), at: read.at, row: None })
    }

    /// Messages that were not read.
    pub(crate) const fn unread(&self) -> u32 {
        self.reading.unread
    }

    /// Whether more was read since this was asked last.
    pub(crate) const fn take_read_moved(&mut self) -> bool {
        std::mem::replace(&mut self.reading.has_moved, false)
    }

    /// Up to where the server is to be told that it was read. None if it knows.
    pub(crate) fn read_untold(&self) -> Option<Timestamp> {
        self.read_at().filter(|read| Some(*read) > self.reading.told)
    }

    /// The server knows that it was read up to this time.
    pub(crate) fn read_is_told(&mut self, until: Timestamp) {
        self.reading.told = self.reading.told.max(Some(until));
    }

    /// It was read up to this time on another device.
    pub(crate) fn read_elsewhere(&mut self, until: Timestamp) {
        self.read_is_told(until);
        if self.read_at().is_some_and(|read| read >= until) {
            return;
        }
        self.reading.read = Some(Read { at: until, msgid: None });
        let last = self.timeline.rows().rev().find(|row| row.at <= until).map(|row| row.id);
        let is_known =
            |last: RowId| self.timeline.read().is_some_and(|mark| !self.timeline.is_behind(last, mark));
        if let Some(last) = last.filter(|last| !is_known(*last)) {
            self.read_to(Mark::Behind(last));
        }
        self.is_changed = true;
        self.is_stored = false;
    }

    /// All that is here was seen. The divider stays until the person leaves the room or says something.
    pub(crate) fn read_all(&mut self) {
        let Some((last, at)) = self.timeline.rows().next_back().map(|row| (row.id, row.at)) else { return };
        self.timeline.set_read(Some(Mark::Behind(last)));
        let had_unread = self.reading.unread > 0;
        (self.reading.unread, self.reading.mentions) = (0, 0);
        let newest = self.timeline.newest().map(|newest| Read { at: newest.at, msgid: newest.msgid });
        let read = newest.unwrap_or(Read { at, msgid: None });
        if had_unread || self.read() != Some(&read) {
            self.reading.has_moved = true;
            self.is_changed = true;
            self.is_stored = false;
        }
        self.reading.read = Some(read);
    }

    /// The person answers: all was read, and the divider is wanted no more.
    pub(crate) fn answered(&mut self) {
        self.read_all();
        self.reading.divider = None;
        self.is_changed = true;
    }

    /// All that is here is seen, if its end is in view and nothing of it is awaited.
    pub(crate) fn seen(&mut self, look: Look) {
        if look.is_at_end_of(self.id) && !self.is_awaited() {
            self.read_all();
        }
    }

    /// Something new came in. If the conversation was read to its end and is before the person's eyes, it still is.
    pub(crate) fn came(&mut self, look: Look) {
        if self.reading.unread == 0 {
            self.seen(look);
        }
    }

    /// The person has left it for another one. What was read needs no divider any more.
    pub(crate) fn looked_away(&mut self) {
        if self.reading.unread == 0 && self.reading.divider.take().is_some() {
            self.is_changed = true;
        }
    }

    /// Whether a message of somebody else that has found its place was not read.
    pub(super) fn is_unread(&self, row: RowId, at: Timestamp, coming: Coming) -> bool {
        if let Some(mark) = self.timeline.read() {
            return self.timeline.is_behind(row, mark);
        }
        match (coming, self.read()) {
            (Coming::Live, _) => true,
            (Coming::Page, _) if self.reading.is_first_visit => false,
            (_, Some(read)) => at > read.at,
            // Of an archived room where nothing is known to be read, all of it may be old; of a person's messages none was
            // seen.
            (Coming::Archive, None) => self.kind == BufferKind::Direct,
            (Coming::Page | Coming::Repeated, None) => true,
        }
    }

    /// Counts a message of someone else that was not read.
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

    /// A message that was counted was taken back: it will not be read.
    pub(crate) fn uncount(&mut self, row: RowId, is_for_person: bool) {
        if self.reading.unread == 0 {
            return;
        }
        if let Some(mark) = self.timeline.read() {
            return self.read_to(mark);
        }
        let is_behind = |first| self.timeline.later(Some(first), Some(row)) == Some(row) || first == row;
        let reading = &mut self.reading;
        if reading.divider.is_some_and(is_behind) {
            reading.unread -= 1;
            reading.mentions = reading.mentions.saturating_sub(u32::from(is_for_person)).min(reading.unread);
            reading.divider = reading.divider.filter(|_| reading.unread > 0);
        }
    }

    /// The message up to which was read has found its place: what stands behind it is counted anew.
    pub(super) fn find_read(&mut self, row: RowId, msgid: Option<&str>) {
        let is_it = self.read().is_some_and(|read| read.msgid.is_some() && read.msgid.as_deref() == msgid);
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
                && !said.author.own
                && said.deleted.is_none()
            {
                unread = unread.saturating_add(1);
                mentions = mentions.saturating_add(u32::from(said.mention || is_direct));
                first = first.or(Some(row.id));
            }
        }
        let reading = &mut self.reading;
        (reading.unread, reading.mentions, reading.divider) = (unread, mentions, first);
        self.is_changed = true;
    }

    /// On the first visit, what was said before the person came is known now, and is not news.
    pub(crate) fn end_first_visit(&mut self) {
        if !std::mem::take(&mut self.reading.is_first_visit) || self.timeline.read().is_some() {
            return;
        }
        let Some(mark) = self.timeline.seam() else { return };
        self.timeline.set_read(Some(mark));
        let newest = match mark {
            Mark::Before(row) => self.timeline.around(row).0,
            Mark::Behind(_) => self.timeline.newest(),
        };
        if let Some(newest) = newest {
            self.reading.read = Some(Read { at: newest.at, msgid: newest.msgid });
        }
        self.is_stored = false;
    }

    /// On the first visit, nothing will be known of what was said before.
    pub(crate) const fn give_up_first_visit(&mut self) {
        self.reading.is_first_visit = false;
    }

    /// Whether what was not read begins among what came since the person is here, or there is nothing that was not read.
    pub(crate) fn is_all_unread_live(&self) -> bool {
        self.reading.divider.is_none_or(|row| self.timeline.is_live(row))
    }

    /// Whether more was not read than is counted.
    pub(super) fn counted(&self) -> Counted {
        let is_unread = |row: &Row| match (self.timeline.read(), &row.content) {
            (_, Content::Gap(Gap { state: GapState::Lost, .. })) => false,
            (Some(mark), _) => self.timeline.is_behind(row.id, mark),
            (None, Content::Gap(gap)) => self.read().is_some_and(|read| gap.to > read.at),
            (None, _) => false,
        };
        let is_open = self.reading.unread > 0 && self.timeline.gaps().any(is_unread);
        if is_open { Counted::InPart } else { Counted::All }
    }
}
