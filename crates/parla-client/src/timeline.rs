//! The rows of one conversation: in the server's order, with each message once, in chunks that are shared
//! with the interface.
//!
//! Times are only shown and do not determine positions. A live message comes after all others; a message of a
//! history page is placed where the page has it among the known messages. The person's own messages that the
//! server has not confirmed come last, in the order in which they were sent.

mod anchor;
mod index;
mod page;

use std::sync::Arc;

use parla_proto::Timestamp;

pub(crate) use self::{
    anchor::Anchor,
    page::{Neighbours, next_known},
};

use self::index::Index;
use crate::{
    limits::{CHUNK_ROWS_MAX, TIMELINE_ROWS_MAX},
    view::{self, Chunk, ChunkRef, Content, Earlier, Gap, MessageView, Row, RowId, UNCONFIRMED_CHUNK},
};

/// The rows in order.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    chunks: Vec<Arc<Chunk>>,
    index: Index,
    next_chunk: u64,
    /// The first row that arrived live since the person joined; missed messages belong before it.
    first_live: Option<RowId>,
    /// Up to where the conversation has been read, once its rows show it.
    read: Option<RowBoundary>,
    /// The person's own messages that the server has not confirmed.
    unconfirmed: Vec<Row>,
    /// Whether the rows have changed since the interface last saw them.
    is_changed: bool,
}

/// Where a row goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    /// Before all others.
    Start,
    /// After all others, because it has just arrived.
    End,
    /// Where missed messages belong: after everything that was known before the person joined, and before
    /// everything since.
    Seam,
    /// Directly before this row.
    Before(RowId),
    /// Directly after this row.
    Behind(RowId),
}

/// A place between two rows, which moves with its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowBoundary {
    Before(RowId),
    Behind(RowId),
}

/// The place of a row, or the place where one would go: before the row that is there now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Position {
    chunk: usize,
    place: usize,
}

impl Timeline {
    /// Adds a row that has just arrived. Returns false if it is there already.
    pub(crate) fn insert(&mut self, row: Row, msgid: Option<&str>) -> bool {
        self.insert_at(Spot::End, row, msgid)
    }

    /// Adds a row at its place. Returns false if it is there already, or if the conversation is full and the
    /// row would be among the first to be dropped.
    pub(crate) fn insert_at(&mut self, spot: Spot, row: Row, msgid: Option<&str>) -> bool {
        if let Content::Message(message) = &row.content
            && self.has(message, msgid)
        {
            return false;
        }
        let place = self.place_of(spot);
        if self.index.len() >= TIMELINE_ROWS_MAX && place.chunk == 0 {
            return false;
        }
        self.is_changed = true;
        if spot == Spot::End && self.first_live.is_none() {
            self.first_live = Some(row.id);
        }
        self.index.add(&row, msgid);
        self.put(row, place);
        if self.index.len() > TIMELINE_ROWS_MAX {
            self.drop_oldest();
        }
        true
    }

    /// Where a message of a page goes: between its known neighbours in the page, and at the wished place if
    /// that lies between them.
    pub(crate) fn spot_between(&self, before: Option<RowId>, after: Option<RowId>, wished: Spot) -> Spot {
        let lower = before.and_then(|row| self.position(row));
        // If the neighbours are in the reverse order here, only the one that was found first counts.
        let upper =
            after.and_then(|row| self.position(row)).filter(|upper| lower.is_none_or(|lower| lower < *upper));
        let place = self.place_of(wished);
        let fits = lower.is_none_or(|lower| lower < place) && upper.is_none_or(|upper| place <= upper);
        match (before, after) {
            _ if fits => wished,
            (Some(row), _) if lower.is_some() => Spot::Behind(row),
            (_, Some(row)) => Spot::Before(row),
            (_, None) => wished,
        }
    }

    /// The place of an old message of which nothing but its time is known. This is the last resort.
    pub(crate) fn spot_by_time(&self, at: Timestamp) -> Spot {
        let before = self.rows().rev().find(|row| row.at <= at);
        before.map_or(Spot::Start, |row| Spot::Behind(row.id))
    }

    /// The place, by time, of a deleted message that no page contains any more. `None` if its surroundings
    /// are not known: before everything that is here (unless `earlier` says that there is nothing more), and
    /// inside a gap.
    pub(crate) fn spot_of_deleted(&self, at: Timestamp, earlier: Earlier) -> Option<Spot> {
        let is_gap = |row: Option<&Row>| row.is_some_and(|row| matches!(row.content, Content::Gap(_)));
        match self.rows().rev().find(|row| row.at <= at) {
            Some(row) if is_gap(Some(row)) || is_gap(self.beside(row.id).1) => None,
            Some(row) => Some(Spot::Behind(row.id)),
            None if earlier != Earlier::None || is_gap(self.rows().next()) => None,
            None => Some(Spot::Start),
        }
    }

    /// Whether this place is after a message; `None` if the message is not here.
    pub(crate) fn follows(&self, spot: Spot, anchor: &Anchor) -> Option<bool> {
        let position = self.position(self.row_of_anchor(anchor)?)?;
        Some(self.place_of(spot) > position)
    }

    /// Whether a message is the other one or comes after it; decided by their times if they are not here.
    pub(crate) fn is_no_earlier(&self, anchor: &Anchor, other: &Anchor) -> bool {
        match (self.row_of_anchor(anchor), self.row_of_anchor(other)) {
            (Some(row), Some(other)) => self.position(row) >= self.position(other),
            _ => anchor.at >= other.at,
        }
    }

    fn row_of_anchor(&self, anchor: &Anchor) -> Option<RowId> {
        let by_msgid = anchor.msgid.as_deref().and_then(|msgid| self.row_of(msgid));
        by_msgid.or(anchor.row.filter(|row| self.contains(*row)))
    }

    /// The later of two rows.
    pub(crate) fn later(&self, one: Option<RowId>, other: Option<RowId>) -> Option<RowId> {
        let position = |row: Option<RowId>| row.and_then(|row| self.position(row));
        if position(other) > position(one) { other } else { one }
    }

    /// Whether a message is here under its msgid. If another text has the same msgid, the server is confused,
    /// and the message must not be lost.
    pub(crate) fn has(&self, message: &MessageView, msgid: Option<&str>) -> bool {
        let row = msgid.and_then(|msgid| self.row_of(msgid)).and_then(|id| self.row(id));
        // A deleted message stays deleted, whoever repeats it under its msgid.
        row.is_some_and(|row| is_deleted(row) || says(row, message))
    }

    /// The row of the message with this msgid.
    pub(crate) fn row_of(&self, msgid: &str) -> Option<RowId> {
        self.index.row_of(msgid)
    }

    /// The row with the same text at this time.
    pub(crate) fn twin(&self, at: Timestamp, message: &MessageView) -> Option<RowId> {
        self.index.said_at(at).find(|id| self.row(*id).is_some_and(|row| says(row, message)))
    }

    /// The same, among the rows that have no msgid.
    pub(crate) fn twin_without_msgid(&self, at: Timestamp, message: &MessageView) -> Option<RowId> {
        let mut unnamed = self.index.said_at(at).filter(|id| self.index.msgid(*id).is_none());
        unnamed.find(|id| self.row(*id).is_some_and(|row| says(row, message)))
    }

    /// Whether a row arrived live since the person joined.
    pub(crate) fn is_live(&self, row: RowId) -> bool {
        let first = self.first_live.and_then(|first| self.position(first));
        first.is_some_and(|first| self.position(row) >= Some(first))
    }

    /// The person has joined or left: whatever is missing now comes after everything that is known.
    pub(crate) const fn begin_anew(&mut self) {
        self.first_live = None;
    }

    /// The row with this id.
    pub(crate) fn row(&self, id: RowId) -> Option<&Row> {
        let Position { chunk, place } = self.position(id)?;
        self.chunks.get(chunk)?.rows.get(place)
    }

    /// Whether a row is here and was not dropped.
    pub(crate) fn contains(&self, id: RowId) -> bool {
        self.index.chunk(id).is_some()
    }

    fn position(&self, id: RowId) -> Option<Position> {
        let chunk = self.index.chunk(id)?;
        let index = self.chunks.iter().rposition(|known| known.id == chunk)?;
        let place = self.chunks.get(index)?.rows.iter().position(|row| row.id == id)?;
        Some(Position { chunk: index, place })
    }

    fn place_of(&self, spot: Spot) -> Position {
        match spot {
            Spot::Start => Position::default(),
            Spot::Seam => self.first_live.map_or_else(|| self.end(), |row| self.place_of(Spot::Before(row))),
            Spot::End => self.end(),
            // Rows that are no longer here were dropped from the beginning.
            Spot::Before(row) => self.position(row).unwrap_or_default(),
            Spot::Behind(row) => {
                let behind = |at: Position| Position { place: at.place + 1, ..at };
                self.position(row).map_or_else(Position::default, behind)
            }
        }
    }

    fn end(&self) -> Position {
        let chunk = self.chunks.len().saturating_sub(1);
        Position { chunk, place: self.chunks.last().map_or(0, |chunk| chunk.rows.len()) }
    }

    fn put(&mut self, row: Row, position: Position) {
        let Position { chunk: mut at, mut place } = position;
        let is_full = |chunk: &Arc<Chunk>| chunk.rows.len() >= CHUNK_ROWS_MAX;
        // A row between two chunks goes into the first one if there is room.
        if place == 0
            && let Some(before) = at.checked_sub(1)
            && let Some(chunk) = self.chunks.get(before).filter(|chunk| !is_full(chunk))
        {
            (at, place) = (before, chunk.rows.len());
        }
        match self.chunks.get_mut(at) {
            None => self.add_chunk(at, vec![row]),
            Some(chunk) if !is_full(chunk) => {
                self.index.move_to(row.id, chunk.id);
                Arc::make_mut(chunk).rows.insert(place, row);
            }
            Some(_) if place == 0 => self.add_chunk(at, vec![row]),
            // A full chunk is split in two, unless the row only follows it.
            Some(chunk) if place < chunk.rows.len() => {
                let rest = Arc::make_mut(chunk).rows.split_off(place);
                self.index.move_to(row.id, chunk.id);
                Arc::make_mut(chunk).rows.push(row);
                self.add_chunk(at + 1, rest);
            }
            Some(_) => self.add_chunk(at + 1, vec![row]),
        }
    }

    fn add_chunk(&mut self, at: usize, rows: Vec<Row>) {
        self.next_chunk += 1;
        let id = self.next_chunk;
        rows.iter().for_each(|row| self.index.move_to(row.id, id));
        self.chunks.insert(at.min(self.chunks.len()), Arc::new(Chunk { id, rows }));
    }

    fn drop_oldest(&mut self) {
        if self.chunks.is_empty() {
            return;
        }
        let gone = self.chunks.remove(0);
        gone.rows.iter().for_each(|row| self.index.remove(row.id));
        if let Some(RowBoundary::Before(row) | RowBoundary::Behind(row)) = self.read
            && !self.contains(row)
        {
            let first = self.rows().next().map(|first| RowBoundary::Before(first.id));
            self.read = first;
        }
    }

    /// Forgets the msgids around an anchor that the server does not know, for as far as messages may come
    /// again under other msgids when it is asked by time.
    pub(crate) fn forget_msgids(&mut self, anchor: &Anchor) {
        self.index.forget_msgids(anchor.milliseconds_around());
    }

    /// A row, to be changed in place. Its time must stay.
    fn row_mut(&mut self, id: RowId) -> Option<&mut Row> {
        self.is_changed = true;
        if let Some(at) = self.unconfirmed.iter().position(|row| row.id == id) {
            return self.unconfirmed.get_mut(at);
        }
        let Position { chunk, place } = self.position(id)?;
        Arc::make_mut(self.chunks.get_mut(chunk)?).rows.get_mut(place)
    }

    /// Changes a message in place. Does nothing if it is not here.
    pub(crate) fn update_message(&mut self, id: RowId, change: impl FnOnce(&mut MessageView)) {
        if let Some(Row { content: Content::Message(message), .. }) = self.row_mut(id) {
            change(Arc::make_mut(message));
        }
    }

    /// Changes a gap in place. Does nothing if it is not here.
    pub(crate) fn update_gap(&mut self, id: RowId, change: impl FnOnce(&mut Gap)) {
        if let Some(Row { content: Content::Gap(gap), .. }) = self.row_mut(id) {
            change(gap);
        }
    }

    /// Changes all messages that `fits` selects.
    pub(crate) fn update_messages(
        &mut self,
        fits: impl Fn(&MessageView) -> bool,
        change: impl Fn(&mut MessageView),
    ) {
        self.is_changed = true;
        let is_one = |row: &Row| matches!(&row.content, Content::Message(message) if fits(message));
        let edit = |row: &mut Row| {
            if is_one(row)
                && let Content::Message(message) = &mut row.content
            {
                change(Arc::make_mut(message));
            }
        };
        for chunk in self.chunks.iter_mut().filter(|chunk| chunk.rows.iter().any(is_one)) {
            Arc::make_mut(chunk).rows.iter_mut().for_each(edit);
        }
        self.unconfirmed.iter_mut().for_each(edit);
    }

    /// Removes a row. Marks that were attached to it move to its neighbour.
    pub(crate) fn remove(&mut self, id: RowId) {
        self.is_changed = true;
        self.unconfirmed.retain(|row| row.id != id);
        let Some(at) = self.position(id) else { return };
        let Some(chunk) = self.chunks.get_mut(at.chunk) else { return };
        Arc::make_mut(chunk).rows.remove(at.place);
        if chunk.rows.is_empty() {
            self.chunks.remove(at.chunk);
        }
        self.index.remove(id);
        let (before, after) = self.neighbours(at);
        if self.first_live == Some(id) {
            self.first_live = after;
        }
        if matches!(self.read, Some(RowBoundary::Before(row) | RowBoundary::Behind(row)) if row == id) {
            self.read = before.map(RowBoundary::Behind).or(after.map(RowBoundary::Before));
        }
    }

    /// The rows directly before and after a row.
    pub(crate) fn beside(&self, id: RowId) -> (Option<&Row>, Option<&Row>) {
        let Some(at) = self.position(id) else { return (None, None) };
        let behind = Position { place: at.place + 1, ..at };
        let (before, after) = (self.neighbours(at).0, self.neighbours(behind).1);
        (before.and_then(|row| self.row(row)), after.and_then(|row| self.row(row)))
    }

    /// The rows on both sides of a place where a row was removed.
    fn neighbours(&self, position: Position) -> (Option<RowId>, Option<RowId>) {
        let Position { chunk: at, place } = position;
        let chunk = self.chunks.get(at);
        let id = |row: &Row| row.id;
        let first_of = |at: usize| self.chunks.get(at)?.rows.first().map(id);
        let before = match place.checked_sub(1) {
            Some(place) => chunk.and_then(|chunk| chunk.rows.get(place)).map(id),
            None => at.checked_sub(1).and_then(|at| self.chunks.get(at)?.rows.last().map(id)),
        };
        let after = chunk.and_then(|chunk| chunk.rows.get(place)).map(id);
        (before, after.or_else(|| first_of(at + 1)))
    }

    /// Adds one of the person's own messages after all others.
    pub(crate) fn add_unconfirmed(&mut self, row: Row) {
        self.is_changed = true;
        self.unconfirmed.push(row);
    }

    /// Removes the unconfirmed message with this id, and returns it.
    pub(crate) fn take_unconfirmed(&mut self, id: RowId) -> Option<Row> {
        let position = self.unconfirmed.iter().position(|row| row.id == id)?;
        self.is_changed = true;
        Some(self.unconfirmed.remove(position))
    }

    /// Replaces an unconfirmed message by others.
    pub(crate) fn replace_unconfirmed(&mut self, id: RowId, rows: Vec<Row>) {
        self.is_changed = true;
        if let Some(position) = self.unconfirmed.iter().position(|row| row.id == id) {
            self.unconfirmed.splice(position..=position, rows);
        }
    }

    /// All confirmed rows, oldest first.
    pub(crate) fn rows(&self) -> impl DoubleEndedIterator<Item = &Row> {
        self.chunks.iter().flat_map(|chunk| &chunk.rows)
    }

    /// The oldest message, in the form for asking what came before it.
    pub(crate) fn oldest(&self) -> Option<Anchor> {
        self.rows().find_map(|row| self.anchor(row))
    }

    /// The newest message, in the form for asking what came after it.
    pub(crate) fn newest(&self) -> Option<Anchor> {
        self.rows().rev().find_map(|row| self.anchor(row))
    }

    /// The newest message before a row, and the oldest one after it.
    pub(crate) fn around(&self, id: RowId) -> (Option<Anchor>, Option<Anchor>) {
        let (mut before, mut seen) = (None, false);
        for row in self.rows() {
            if row.id == id {
                seen = true;
            } else if let Some(anchor) = self.anchor(row) {
                if seen {
                    return (before, Some(anchor));
                }
                before = Some(anchor);
            }
        }
        (before, None)
    }

    fn anchor(&self, row: &Row) -> Option<Anchor> {
        matches!(row.content, Content::Message(_)).then(|| Anchor {
            msgid: self.index.msgid(row.id).cloned(),
            at: row.at,
            row: Some(row.id),
        })
    }

    /// Up to where it has been read, if its rows show that.
    pub(crate) const fn read_boundary(&self) -> Option<RowBoundary> {
        self.read
    }

    /// Sets how far it has been read: everything up to this place, and no more.
    pub(crate) const fn set_read(&mut self, boundary: Option<RowBoundary>) {
        self.read = boundary;
    }

    /// The place before everything that arrived live since the person joined.
    pub(crate) fn seam(&self) -> Option<RowBoundary> {
        let last = || self.rows().next_back().map(|row| RowBoundary::Behind(row.id));
        self.first_live.map(RowBoundary::Before).or_else(last)
    }

    /// The rows after a place, oldest first.
    pub(crate) fn behind(&self, boundary: RowBoundary) -> impl Iterator<Item = &Row> {
        let (RowBoundary::Before(row) | RowBoundary::Behind(row)) = boundary;
        let Position { chunk, place } = self.position(row).unwrap_or_default();
        let skipped = place + usize::from(matches!(boundary, RowBoundary::Behind(_)));
        let chunks = self.chunks.get(chunk..).unwrap_or_default();
        chunks.iter().flat_map(|chunk| &chunk.rows).skip(skipped)
    }

    /// Whether a row is after a place.
    pub(crate) fn is_behind(&self, row: RowId, boundary: RowBoundary) -> bool {
        match boundary {
            RowBoundary::Before(first) => self.position(row) >= self.position(first),
            RowBoundary::Behind(last) => self.position(row) > self.position(last),
        }
    }

    /// The rows that mark gaps, in the order of their ids.
    pub(crate) fn gaps(&self) -> impl Iterator<Item = &Row> {
        self.index.gaps().filter_map(|id| self.row(id))
    }

    /// Whether the rows have changed since the interface last looked. The interface looks now, so the mark is
    /// cleared.
    pub(crate) const fn take_changed(&mut self) -> bool {
        std::mem::replace(&mut self.is_changed, false)
    }

    /// The timeline as the interface sees it.
    pub(crate) fn view(&self) -> view::Timeline {
        let mut chunks: Vec<ChunkRef> = self.chunks.iter().map(|chunk| ChunkRef(Arc::clone(chunk))).collect();
        if !self.unconfirmed.is_empty() {
            let chunk = Chunk { id: UNCONFIRMED_CHUNK, rows: self.unconfirmed.clone() };
            chunks.push(ChunkRef(Arc::new(chunk)));
        }
        view::Timeline { chunks, len: self.index.len() + self.unconfirmed.len() }
    }
}

fn is_deleted(row: &Row) -> bool {
    matches!(&row.content, Content::Message(message) if message.deleted.is_some())
}

fn says(row: &Row, message: &MessageView) -> bool {
    matches!(&row.content, Content::Message(known) if known.says_the_same(message))
}

#[cfg(test)]
mod tests;
