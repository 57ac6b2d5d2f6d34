//! The rows of one conversation: in the server's order, each message once, in chunks that are shared with the interface.
//!
//! Times are only shown; they put nothing in its place. What comes now stands behind all others; of a page of history each
//! message stands where the page has it among those that are known. What one has said oneself and the server has not
//! confirmed stands behind all that, in the order in which it was said.

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
    view::{self, Chunk, ChunkRef, Content, Earlier, Gap, Row, RowId, Said, UNCONFIRMED_CHUNK},
};

/// Rows in order.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    chunks: Vec<Arc<Chunk>>,
    index: Index,
    next_chunk: u64,
    /// The first row that came by itself since the person is here: what was missed stands before it.
    first_live: Option<RowId>,
    /// Up to where the conversation was read, once its rows show it.
    read: Option<Mark>,
    /// One's own messages that the server has not confirmed.
    unconfirmed: Vec<Row>,
    /// The interface has not seen the rows as they are now.
    is_changed: bool,
}

/// Where a row goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    /// Before all others.
    Start,
    /// Behind all others: it comes now.
    End,
    /// Where what was missed belongs: behind all that was known before the person came, and before what came since.
    Seam,
    /// Directly before this one.
    Before(RowId),
    /// Directly behind this one.
    Behind(RowId),
}

/// A place between two rows. It stays with its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Before(RowId),
    Behind(RowId),
}

/// Where a row is, or where it would go: before the row that is there now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Position {
    chunk: usize,
    place: usize,
}

impl Timeline {
    /// Adds a row that comes now. False if it is there already.
    pub(crate) fn insert(&mut self, row: Row, msgid: Option<&str>) -> bool {
        self.insert_at(Spot::End, row, msgid)
    }

    /// Puts a row in its place. False if it is there already, or if the conversation is full and the row would be among the
    /// first to go.
    pub(crate) fn insert_at(&mut self, spot: Spot, row: Row, msgid: Option<&str>) -> bool {
        if let Content::Said(said) = &row.content
            && self.has(said, msgid)
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

    /// Where a message of a page goes: between its neighbours there, as far as those are known, and there at the wished spot
    /// if that lies between them.
    pub(crate) fn spot_between(&self, before: Option<RowId>, after: Option<RowId>, wished: Spot) -> Spot {
        let lower = before.and_then(|row| self.position(row));
        // Neighbours that stand the other way round tell only one thing: the first of them came first.
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

    /// The place of something old of which nothing is known but its time: the last resort.
    pub(crate) fn spot_by_time(&self, at: Timestamp) -> Spot {
        let before = self.rows().rev().find(|row| row.at <= at);
        before.map_or(Spot::Start, |row| Spot::Behind(row.id))
    }

    /// The place by time of a message that was taken back, and that no page has any more. None if it is not known what stands
    /// there: before all that is here, unless nothing `earlier` is to be had, and in a gap.
    pub(crate) fn spot_of_deleted(&self, at: Timestamp, earlier: Earlier) -> Option<Spot> {
        let is_gap = |row: Option<&Row>| row.is_some_and(|row| matches!(row.content, Content::Gap(_)));
        match self.rows().rev().find(|row| row.at <= at) {
            Some(row) if is_gap(Some(row)) || is_gap(self.beside(row.id).1) => None,
            Some(row) => Some(Spot::Behind(row.id)),
            None if earlier != Earlier::None || is_gap(self.rows().next()) => None,
            None => Some(Spot::Start),
        }
    }

    /// Whether this spot is behind a message. None if that is not here.
    pub(crate) fn follows(&self, spot: Spot, anchor: &Anchor) -> Option<bool> {
        let position = self.position(self.row_of_anchor(anchor)?)?;
        Some(self.place_of(spot) > position)
    }

    /// Whether a message is the other one or stands behind it; by their times, if they are not here.
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

    /// The one of two rows that stands behind the other.
    pub(crate) fn later(&self, one: Option<RowId>, other: Option<RowId>) -> Option<RowId> {
        let position = |row: Option<RowId>| row.and_then(|row| self.position(row));
        if position(other) > position(one) { other } else { one }
    }

    /// Whether a message is there under its id. The same id with other words is another message of a confused server, and is
    /// not to be lost.
    pub(crate) fn has(&self, said: &Said, msgid: Option<&str>) -> bool {
        let row = msgid.and_then(|msgid| self.row_of(msgid)).and_then(|id| self.row(id));
        // What was taken back stays so, whoever says it again under its id.
        row.is_some_and(|row| is_deleted(row) || says(row, said))
    }

    /// The row of a message.
    pub(crate) fn row_of(&self, msgid: &str) -> Option<RowId> {
        self.index.row_of(msgid)
    }

    /// The row that says the same at this time.
    pub(crate) fn twin(&self, at: Timestamp, said: &Said) -> Option<RowId> {
        self.index.said_at(at).find(|id| self.row(*id).is_some_and(|row| says(row, said)))
    }

    /// The same among the rows that have no id.
    pub(crate) fn unnamed_twin(&self, at: Timestamp, said: &Said) -> Option<RowId> {
        let mut unnamed = self.index.said_at(at).filter(|id| self.index.msgid(*id).is_none());
        unnamed.find(|id| self.row(*id).is_some_and(|row| says(row, said)))
    }

    /// Whether a row came by itself since the person is here.
    pub(crate) fn is_live(&self, row: RowId) -> bool {
        let first = self.first_live.and_then(|first| self.position(first));
        first.is_some_and(|first| self.position(row) >= Some(first))
    }

    /// From now on the person is here, or is gone: what is missing stands behind all that is known.
    pub(crate) const fn begin_anew(&mut self) {
        self.first_live = None;
    }

    /// A row by its id.
    pub(crate) fn row(&self, id: RowId) -> Option<&Row> {
        let Position { chunk, place } = self.position(id)?;
        self.chunks.get(chunk)?.rows.get(place)
    }

    /// Whether a row is here and not dropped.
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
            // What is here no more was dropped from the beginning.
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
        // At the seam of two chunks it is for the first, if there is room.
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
            // A full one becomes two; unless the row only follows it.
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
        if let Some(Mark::Before(row) | Mark::Behind(row)) = self.read
            && !self.contains(row)
        {
            let first = self.rows().next().map(|first| Mark::Before(first.id));
            self.read = first;
        }
    }

    /// Forgets the ids around an anchor that the server does not know: as far as messages come again under other ids when it
    /// is asked by time.
    pub(crate) fn forget_msgids(&mut self, anchor: &Anchor) {
        self.index.forget_msgids(anchor.milliseconds_around());
    }

    /// A row to be changed in its place. Its time stays.
    fn row_mut(&mut self, id: RowId) -> Option<&mut Row> {
        self.is_changed = true;
        if let Some(at) = self.unconfirmed.iter().position(|row| row.id == id) {
            return self.unconfirmed.get_mut(at);
        }
        let Position { chunk, place } = self.position(id)?;
        Arc::make_mut(self.chunks.get_mut(chunk)?).rows.get_mut(place)
    }

    /// Changes a message in its place. Nothing if it is not there.
    pub(crate) fn update_message(&mut self, id: RowId, change: impl FnOnce(&mut Said)) {
        if let Some(Row { content: Content::Said(said), .. }) = self.row_mut(id) {
            change(Arc::make_mut(said));
        }
    }

    /// Changes a gap in its place. Nothing if it is not there.
    pub(crate) fn update_gap(&mut self, id: RowId, change: impl FnOnce(&mut Gap)) {
        if let Some(Row { content: Content::Gap(gap), .. }) = self.row_mut(id) {
            change(gap);
        }
    }

    /// Changes all messages that fit.
    pub(crate) fn update_messages(&mut self, fits: impl Fn(&Said) -> bool, change: impl Fn(&mut Said)) {
        self.is_changed = true;
        let is_one = |row: &Row| matches!(&row.content, Content::Said(said) if fits(said));
        let edit = |row: &mut Row| {
            if is_one(row)
                && let Content::Said(said) = &mut row.content
            {
                change(Arc::make_mut(said));
            }
        };
        for chunk in self.chunks.iter_mut().filter(|chunk| chunk.rows.iter().any(is_one)) {
            Arc::make_mut(chunk).rows.iter_mut().for_each(edit);
        }
        self.unconfirmed.iter_mut().for_each(edit);
    }

    /// Takes a row out. What stood by it stands by its neighbour.
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
        if matches!(self.read, Some(Mark::Before(row) | Mark::Behind(row)) if row == id) {
            self.read = before.map(Mark::Behind).or(after.map(Mark::Before));
        }
    }

    /// The rows directly before and behind a row.
    pub(crate) fn beside(&self, id: RowId) -> (Option<&Row>, Option<&Row>) {
        let Some(at) = self.position(id) else { return (None, None) };
        let behind = Position { place: at.place + 1, ..at };
        let (before, after) = (self.neighbours(at).0, self.neighbours(behind).1);
        (before.and_then(|row| self.row(row)), after.and_then(|row| self.row(row)))
    }

    /// The rows on both sides of a place where a row was taken out.
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

    /// Adds one's own message behind all others.
    pub(crate) fn add_unconfirmed(&mut self, row: Row) {
        self.is_changed = true;
        self.unconfirmed.push(row);
    }

    /// One's own message that waits under this id.
    pub(crate) fn take_unconfirmed(&mut self, id: RowId) -> Option<Row> {
        let position = self.unconfirmed.iter().position(|row| row.id == id)?;
        self.is_changed = true;
        Some(self.unconfirmed.remove(position))
    }

    /// Puts others into the place of one that waits.
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

    /// The oldest message, to ask for what was before it.
    pub(crate) fn oldest(&self) -> Option<Anchor> {
        self.rows().find_map(|row| self.anchor(row))
    }

    /// The newest message, to ask for what came after it.
    pub(crate) fn newest(&self) -> Option<Anchor> {
        self.rows().rev().find_map(|row| self.anchor(row))
    }

    /// The newest message before a row and the oldest one behind it.
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
        matches!(row.content, Content::Said(_)).then(|| Anchor {
            msgid: self.index.msgid(row.id).cloned(),
            at: row.at,
            row: Some(row.id),
        })
    }

    /// Up to where it was read, if its rows show that.
    pub(crate) const fn read(&self) -> Option<Mark> {
        self.read
    }

    /// All up to this place was read, and no more.
    pub(crate) const fn set_read(&mut self, mark: Option<Mark>) {
        self.read = mark;
    }

    /// The place before all that came by itself since the person is here.
    pub(crate) fn seam(&self) -> Option<Mark> {
        let last = || self.rows().next_back().map(|row| Mark::Behind(row.id));
        self.first_live.map(Mark::Before).or_else(last)
    }

    /// The rows behind a place, oldest first.
    pub(crate) fn behind(&self, mark: Mark) -> impl Iterator<Item = &Row> {
        let (Mark::Before(row) | Mark::Behind(row)) = mark;
        let Position { chunk, place } = self.position(row).unwrap_or_default();
        let skipped = place + usize::from(matches!(mark, Mark::Behind(_)));
        let chunks = self.chunks.get(chunk..).unwrap_or_default();
        chunks.iter().flat_map(|chunk| &chunk.rows).skip(skipped)
    }

    /// Whether a row stands behind a place.
    pub(crate) fn is_behind(&self, row: RowId, mark: Mark) -> bool {
        match mark {
            Mark::Before(first) => self.position(row) >= self.position(first),
            Mark::Behind(last) => self.position(row) > self.position(last),
        }
    }

    /// The rows that say that something is missing, oldest first by their ids.
    pub(crate) fn gaps(&self) -> impl Iterator<Item = &Row> {
        self.index.gaps().filter_map(|id| self.row(id))
    }

    /// Whether the interface has to look at the rows; it does so now.
    pub(crate) const fn take_changed(&mut self) -> bool {
        std::mem::replace(&mut self.is_changed, false)
    }

    /// What the interface sees of it.
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
    matches!(&row.content, Content::Said(said) if said.deleted.is_some())
}

/// Whether the row is the same words of the same person.
fn says(row: &Row, said: &Said) -> bool {
    matches!(&row.content, Content::Said(known) if known.author.nick == said.author.nick && known.text.plain == said.text.plain)
}

#[cfg(test)]
mod tests;
