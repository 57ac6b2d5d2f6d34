//! What is known of a timeline's rows besides their order: the chunk, the msgid and the time of each.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    sync::Arc,
};

use parla_proto::Timestamp;

use crate::view::{Content, Row, RowId};

/// Finds rows without searching all of them.
#[derive(Debug, Default)]
pub(super) struct Index {
    rows: BTreeMap<RowId, IndexedRow>,
    by_msgid: BTreeMap<Arc<str>, RowId>,
    /// The messages by time, in order to recognise those without a msgid.
    by_time: BTreeSet<(Timestamp, RowId)>,
    gaps: BTreeSet<RowId>,
}

#[derive(Debug)]
struct IndexedRow {
    chunk: u64,
    at: Timestamp,
    msgid: Option<Arc<str>>,
}

impl Index {
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Adds a row that is in no chunk yet. A msgid that another row has stays with that row.
    pub(super) fn add(&mut self, row: &Row, msgid: Option<&str>) {
        let msgid: Option<Arc<str>> =
            msgid.filter(|msgid| !self.by_msgid.contains_key(*msgid)).map(Arc::from);
        if let Some(msgid) = &msgid {
            self.by_msgid.insert(Arc::clone(msgid), row.id);
        }
        match row.content {
            Content::Message(_) => drop(self.by_time.insert((row.at, row.id))),
            Content::Gap(_) => drop(self.gaps.insert(row.id)),
            Content::Event(_) | Content::Server(_) => {}
        }
        self.rows.insert(row.id, IndexedRow { chunk: 0, at: row.at, msgid });
    }

    pub(super) fn move_to(&mut self, row: RowId, chunk: u64) {
        if let Some(entry) = self.rows.get_mut(&row) {
            entry.chunk = chunk;
        }
    }

    pub(super) fn remove(&mut self, row: RowId) {
        let Some(entry) = self.rows.remove(&row) else { return };
        self.by_time.remove(&(entry.at, row));
        self.gaps.remove(&row);
        if let Some(msgid) = entry.msgid {
            self.by_msgid.remove(&msgid);
        }
    }

    pub(super) fn chunk(&self, row: RowId) -> Option<u64> {
        self.rows.get(&row).map(|entry| entry.chunk)
    }

    pub(super) fn msgid(&self, row: RowId) -> Option<&Arc<str>> {
        self.rows.get(&row)?.msgid.as_ref()
    }

    pub(super) fn row_of(&self, msgid: &str) -> Option<RowId> {
        self.by_msgid.get(msgid).copied()
    }

    /// The messages of one time.
    pub(super) fn said_at(&self, at: Timestamp) -> impl Iterator<Item = RowId> {
        let (first, last) = ((at, RowId(0)), (at, RowId(u64::MAX)));
        self.by_time.range(first..=last).map(|(_, row)| *row)
    }

    pub(super) fn gaps(&self) -> impl Iterator<Item = RowId> {
        self.gaps.iter().copied()
    }

    /// Forgets the msgids of the messages that were sent at these times, in milliseconds since the Unix
    /// epoch.
    pub(super) fn forget_msgids(&mut self, times: RangeInclusive<i64>) {
        let first = (Timestamp::from_millis(*times.start()), RowId(0));
        let last = (Timestamp::from_millis(*times.end()), RowId(u64::MAX));
        for (_, row) in self.by_time.range(first..=last) {
            let msgid = self.rows.get_mut(row).and_then(|entry| entry.msgid.take());
            if let Some(msgid) = msgid {
                self.by_msgid.remove(&msgid);
            }
        }
    }
}
