//! The rows of one conversation: in order of time, each message once, in chunks that are shared with the interface.
//!
//! What one has said oneself and the server has not confirmed stands behind all others, in the order in which it was said.

use std::{collections::BTreeMap, sync::Arc};

use parla_proto::Timestamp;

use crate::{
    limits::{CHUNK_ROWS_MAX, TIMELINE_ROWS_MAX},
    sorted_map::SortedMap,
    view::{self, Chunk, ChunkRef, Content, Row, RowId, Said, UNCONFIRMED_CHUNK},
};

/// Rows in order.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    chunks: Vec<Arc<Chunk>>,
    len: usize,
    next_chunk: u64,
    /// The server's ids of rows, to know a message that comes twice.
    rows_by_msgid: BTreeMap<Arc<str>, (RowId, Timestamp)>,
    msgids_by_row: SortedMap<RowId, Arc<str>>,
    /// One's own messages that the server has not confirmed.
    unconfirmed: Vec<Row>,
}

/// Where a page of history ends: an id if the server gave one, else a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Anchor {
    pub(crate) msgid: Option<Arc<str>>,
    pub(crate) at: Timestamp,
}

/// How much of what is known is asked for again by time, in milliseconds.
const OVERLAP_MS: i64 = 1000;

/// Where a row goes among others of the same time: some servers tell only seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    /// It is the newest.
    AfterEquals,
    /// It is the first of a page of earlier ones.
    BeforeEquals,
    /// It follows this one in its page; if that is of another time, it is the first of its own.
    Behind(RowId),
}

impl Anchor {
    /// As a selector of CHATHISTORY for what came after it. By time, some of what is known comes again: others may have
    /// spoken in the same moment, and some servers keep only seconds.
    pub(crate) fn after(&self, by_msgid: bool) -> String {
        self.selector(by_msgid, -OVERLAP_MS)
    }

    /// Whether a message of this time and id may follow it. Some servers tell only seconds, and some give no ids.
    pub(crate) fn may_be_before(&self, at: Timestamp, msgid: Option<&str>) -> bool {
        at >= self.at && (msgid.is_none() || msgid != self.msgid.as_deref())
    }

    /// The same for what came before it.
    pub(crate) fn before(&self, by_msgid: bool) -> String {
        self.selector(by_msgid, OVERLAP_MS)
    }

    fn selector(&self, by_msgid: bool, milliseconds: i64) -> String {
        match &self.msgid {
            Some(msgid) if by_msgid => format!("msgid={msgid}"),
            _ => format!("timestamp={}", Timestamp::from_millis(self.at.as_millis() + milliseconds)),
        }
    }
}

impl Timeline {
    /// Puts a row in its place. False if it is there already.
    pub(crate) fn insert(&mut self, row: Row, msgid: Option<&str>) -> bool {
        self.insert_at(Spot::AfterEquals, row, msgid)
    }

    /// The same, if there are others of its time.
    pub(crate) fn insert_at(&mut self, spot: Spot, row: Row, msgid: Option<&str>) -> bool {
        if let Content::Said(said) = &row.content
            && self.has(said, msgid)
        {
            return false;
        }
        // It would be the first to go.
        if self.len >= TIMELINE_ROWS_MAX && !self.reaches_back_to(row.at) {
            return false;
        }
        if let Some(msgid) = msgid.filter(|msgid| !self.rows_by_msgid.contains_key(*msgid)) {
            let msgid: Arc<str> = msgid.into();
            self.rows_by_msgid.insert(Arc::clone(&msgid), (row.id, row.at));
            self.msgids_by_row.insert(row.id, msgid);
        }
        self.place(row, spot);
        if self.len > TIMELINE_ROWS_MAX {
            self.drop_oldest();
        }
        true
    }

    /// Whether a message is there under its id. The same id with other words is another message of a confused server, and is
    /// not to be lost.
    pub(crate) fn has(&self, said: &Said, msgid: Option<&str>) -> bool {
        let Some((id, at)) = msgid.and_then(|msgid| self.rows_by_msgid.get(msgid)) else { return false };
        let known = self.rows_at(*at).find(|row| row.id == *id);
        known.is_some_and(|row| match &row.content {
            // What was taken back stays so, whoever says it again under its id.
            Content::Said(known) => {
                known.deleted.is_some() || (known.from == said.from && known.text.plain == said.text.plain)
            }
            _ => false,
        })
    }

    /// The row of a message.
    pub(crate) fn row_of(&self, msgid: &str) -> Option<RowId> {
        self.rows_by_msgid.get(msgid).map(|(id, _)| *id)
    }

    /// The same of a message whose row has no id.
    pub(crate) fn has_unnamed(&self, at: Timestamp, said: &Said) -> bool {
        self.rows_at(at).any(|row| {
            !self.msgids_by_row.contains_key(&row.id)
                && matches!(&row.content, Content::Said(known) if known.from == said.from && known.text.plain == said.text.plain)
        })
    }

    /// Whether what was said then is here, if it was not dropped.
    pub(crate) fn reaches_back_to(&self, at: Timestamp) -> bool {
        self.rows().next().is_some_and(|row| row.at <= at)
    }

    /// Whether a message without an id is there already, at this time.
    pub(crate) fn has_like(&self, at: Timestamp, said: &Said) -> bool {
        self.rows_at(at).any(|row| {
            matches!(&row.content, Content::Said(known) if known.from == said.from && known.text.plain == said.text.plain)
        })
    }

    fn rows_at(&self, at: Timestamp) -> impl Iterator<Item = &Row> {
        let first = self.chunks.partition_point(|chunk| chunk.rows.last().is_some_and(|row| row.at < at));
        let chunks = self.chunks.get(first..).unwrap_or_default();
        let rows = chunks.iter().flat_map(|chunk| &chunk.rows);
        rows.skip_while(move |row| row.at < at).take_while(move |row| row.at == at)
    }

    fn place(&mut self, row: Row, spot: Spot) {
        self.len += 1;
        let (mut index, mut position) = self.find(row.at, spot);
        let is_full = |chunk: &Arc<Chunk>| chunk.rows.len() >= CHUNK_ROWS_MAX;
        // At the seam of two chunks it is for the first, if there is room.
        if position == 0
            && let Some(before) = index.checked_sub(1)
            && let Some(chunk) = self.chunks.get(before).filter(|chunk| !is_full(chunk))
        {
            (index, position) = (before, chunk.rows.len());
        }
        let Some(chunk) = self.chunks.get_mut(index) else {
            let fresh = self.fresh_chunk(vec![row]);
            return self.chunks.push(fresh);
        };
        if !is_full(chunk) {
            return Arc::make_mut(chunk).rows.insert(position, row);
        }
        if position == 0 {
            let fresh = self.fresh_chunk(vec![row]);
            return self.chunks.insert(index, fresh);
        }
        // A full one becomes two.
        let mut rest = Arc::make_mut(chunk).rows.split_off(position);
        if rest.is_empty() {
            rest.push(row);
        } else {
            Arc::make_mut(chunk).rows.push(row);
        }
        let fresh = self.fresh_chunk(rest);
        self.chunks.insert(index + 1, fresh);
    }

    /// The chunk and the place in it where a row of this time goes.
    fn find(&self, at: Timestamp, spot: Spot) -> (usize, usize) {
        let first = self.chunks.partition_point(|chunk| chunk.rows.last().is_some_and(|row| row.at < at));
        let within = |chunk: &Arc<Chunk>| chunk.rows.partition_point(|row| row.at < at);
        let before = (first, self.chunks.get(first).map_or(0, within));
        let behind = |id: RowId| {
            let chunks = self.chunks.iter().enumerate().skip(first);
            chunks.take_while(|(_, chunk)| chunk.rows.first().is_some_and(|row| row.at <= at)).find_map(
                |(index, chunk)| {
                    let is_it = |row: &Row| row.id == id && row.at == at;
                    chunk.rows.iter().position(is_it).map(|position| (index, position + 1))
                },
            )
        };
        match spot {
            Spot::BeforeEquals => before,
            Spot::Behind(id) => behind(id).unwrap_or(before),
            Spot::AfterEquals => {
                let next =
                    self.chunks.partition_point(|chunk| chunk.rows.last().is_some_and(|row| row.at <= at));
                (
                    next,
                    self.chunks.get(next).map_or(0, |chunk| chunk.rows.partition_point(|row| row.at <= at)),
                )
            }
        }
    }

    fn fresh_chunk(&mut self, rows: Vec<Row>) -> Arc<Chunk> {
        self.next_chunk += 1;
        Arc::new(Chunk { id: self.next_chunk, rows })
    }

    fn drop_oldest(&mut self) {
        if self.chunks.is_empty() {
            return;
        }
        let gone = self.chunks.remove(0);
        self.len -= gone.rows.len();
        let mut rows: Vec<RowId> = gone.rows.iter().map(|row| row.id).collect();
        rows.sort_unstable();
        self.msgids_by_row.retain(|row, msgid| {
            let is_gone = rows.binary_search(row).is_ok();
            if is_gone {
                self.rows_by_msgid.remove(msgid);
            }
            !is_gone
        });
    }

    /// Forgets the ids around an anchor that the server does not know: as far as messages come again under other ids when it
    /// is asked by time.
    pub(crate) fn forget_msgids(&mut self, anchor: &Anchor) {
        let near = anchor.at.as_millis() - OVERLAP_MS..=anchor.at.as_millis() + OVERLAP_MS;
        let rows = self.rows().filter(|row| near.contains(&row.at.as_millis()));
        let rows: Vec<RowId> = rows.map(|row| row.id).collect();
        rows.into_iter().for_each(|row| self.forget_msgid(row));
    }

    fn forget_msgid(&mut self, row: RowId) {
        if let Some(msgid) = self.msgids_by_row.remove(&row) {
            self.rows_by_msgid.remove(&msgid);
        }
    }

    /// Changes a row in its place. Nothing if it is not there.
    pub(crate) fn update(&mut self, id: RowId, change: impl FnOnce(&mut Row)) {
        if let Some(row) = self.unconfirmed.iter_mut().find(|row| row.id == id) {
            return change(row);
        }
        for chunk in self.chunks.iter_mut().rev() {
            if chunk.rows.iter().any(|row| row.id == id) {
                if let Some(row) = Arc::make_mut(chunk).rows.iter_mut().find(|row| row.id == id) {
                    change(row);
                }
                return;
            }
        }
    }

    /// A row, if it is there.
    pub(crate) fn get(&self, id: RowId) -> Option<&Row> {
        self.rows().rev().find(|row| row.id == id)
    }

    /// Changes all messages that fit.
    pub(crate) fn update_said(&mut self, fits: impl Fn(&Said) -> bool, change: impl Fn(&mut Said)) {
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

    /// Takes a row out.
    pub(crate) fn remove(&mut self, id: RowId) {
        self.unconfirmed.retain(|row| row.id != id);
        for index in (0..self.chunks.len()).rev() {
            let Some(chunk) = self.chunks.get_mut(index) else { return };
            let Some(position) = chunk.rows.iter().position(|row| row.id == id) else { continue };
            Arc::make_mut(chunk).rows.remove(position);
            self.len -= 1;
            if chunk.rows.is_empty() {
                self.chunks.remove(index);
            }
            self.forget_msgid(id);
            return;
        }
    }

    /// Adds one's own message behind all others.
    pub(crate) fn add_unconfirmed(&mut self, row: Row) {
        self.unconfirmed.push(row);
    }

    /// One's own message that waits under this id.
    pub(crate) fn take_unconfirmed(&mut self, id: RowId) -> Option<Row> {
        let position = self.unconfirmed.iter().position(|row| row.id == id)?;
        Some(self.unconfirmed.remove(position))
    }

    /// Puts others into the place of one that waits.
    pub(crate) fn replace_unconfirmed(&mut self, id: RowId, rows: Vec<Row>) {
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
        matches!(row.content, Content::Said(_))
            .then(|| Anchor { msgid: self.msgids_by_row.get(&row.id).cloned(), at: row.at })
    }

    /// What the interface sees of it.
    pub(crate) fn view(&self) -> view::Timeline {
        let mut chunks: Vec<ChunkRef> = self.chunks.iter().map(|chunk| ChunkRef(Arc::clone(chunk))).collect();
        if !self.unconfirmed.is_empty() {
            let chunk = Chunk { id: UNCONFIRMED_CHUNK, rows: self.unconfirmed.clone() };
            chunks.push(ChunkRef(Arc::new(chunk)));
        }
        view::Timeline { chunks, len: self.len + self.unconfirmed.len() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{text::Text, view::Manner};

    fn row(id: u64, at: i64, text: &str) -> Row {
        let said = Said::new(Manner::Message, "alice", Text::parse(text));
        Row { id: RowId(id), at: Timestamp::from_millis(at), content: Content::Said(Arc::new(said)) }
    }

    fn times(timeline: &Timeline) -> Vec<i64> {
        timeline.rows().map(|row| row.at.as_millis()).collect()
    }

    #[test]
    fn a_message_comes_once() {
        let mut timeline = Timeline::default();
        assert!(timeline.insert(row(1, 10, "hello"), Some("a")));
        assert!(!timeline.insert(row(2, 10, "hello"), Some("a")));
        assert!(timeline.insert(row(3, 10, "hello"), Some("b")));
        // A server that gives one id to two messages must not cost us the second.
        assert!(timeline.insert(row(4, 11, "other"), Some("a")));
        assert_eq!(timeline.len, 3);
    }

    #[test]
    fn what_waits_stands_last() {
        let mut timeline = Timeline::default();
        timeline.add_unconfirmed(row(1, 5, "mine"));
        timeline.insert(row(2, 10, "theirs"), None);
        let shown: Vec<_> = timeline.view().rows().map(|row| row.id.0).collect();
        assert_eq!(shown, [2, 1]);
        assert_eq!(timeline.take_unconfirmed(RowId(1)).unwrap().at.as_millis(), 5);
    }

    #[test]
    fn a_long_one_loses_its_beginning() {
        let mut timeline = Timeline::default();
        for n in 0..TIMELINE_ROWS_MAX + 1 {
            timeline.insert(row(n as u64, n as i64, "x"), Some(&n.to_string()));
        }
        assert_eq!(timeline.len, TIMELINE_ROWS_MAX + 1 - CHUNK_ROWS_MAX);
        assert_eq!(timeline.rows_by_msgid.len(), timeline.len);
        assert_eq!(timeline.oldest().unwrap().msgid.as_deref(), Some("50"));
    }

    #[test]
    fn a_row_has_neighbours() {
        let mut timeline = Timeline::default();
        for n in 1..4 {
            timeline.insert(row(n, n as i64, "x"), Some(&n.to_string()));
        }
        let (before, after) = timeline.around(RowId(2));
        assert_eq!(
            (before.unwrap().after(true), after.unwrap().before(true)),
            ("msgid=1".into(), "msgid=3".into())
        );
        assert_eq!(timeline.around(RowId(3)).1, None);
    }

    #[test]
    fn of_one_time_a_page_keeps_its_order_and_stands_before_what_was_known() {
        let mut timeline = Timeline::default();
        for n in 100..160 {
            timeline.insert(row(n, 10, "x"), None);
        }
        let mut spot = Spot::BeforeEquals;
        for n in 0..70 {
            timeline.insert_at(spot, row(n, 10, "x"), None);
            spot = Spot::Behind(RowId(n));
        }
        let shown: Vec<_> = timeline.rows().map(|row| row.id.0).collect();
        assert_eq!(shown, (0..70).chain(100..160).collect::<Vec<_>>());
        assert!(timeline.chunks.len() < 6, "{}", timeline.chunks.len());
    }

    proptest! {
        #[test]
        fn rows_are_in_order_of_time(ats in proptest::collection::vec((0i64..500, 0u64..500), 0..400), gone in proptest::collection::vec(0u64..400, 0..50)) {
            let mut timeline = Timeline::default();
            for (n, (at, spot)) in ats.iter().enumerate() {
                let spot = match spot {
                    0..100 => Spot::BeforeEquals,
                    100..200 => Spot::AfterEquals,
                    id => Spot::Behind(RowId(*id)),
                };
                timeline.insert_at(spot, row(n as u64, *at, "x"), Some(&n.to_string()));
            }
            for id in &gone {
                timeline.remove(RowId(*id));
            }
            let mut expected: Vec<i64> = ats.iter().enumerate().filter(|(n, _)| !gone.contains(&(*n as u64))).map(|(_, (at, _))| *at).collect();
            expected.sort_unstable();
            prop_assert_eq!(times(&timeline), expected);
            prop_assert!(timeline.chunks.iter().all(|chunk| (1..=CHUNK_ROWS_MAX).contains(&chunk.rows.len())));
            prop_assert_eq!(timeline.len, timeline.rows().count());
        }
    }
}
