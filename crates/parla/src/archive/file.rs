//! The messages of one network in one SQLite file: kept once each, paged by time.
//!
//! What the tables of the history leave open is decided here: which number a conversation has, which id a message gets, and
//! whether it is known already. Earlier history may come in after later messages; the history indexes such a row as it is
//! appended.

use std::{collections::HashMap, path::Path, sync::Arc};

use parla_client::{Kept, view::BufferKind};
use parla_history::{
    Bound, ConversationId, Durability, HistoryError, MessageNumber, MigrationError, OpenError, Page, Writer,
    index_pending, migrate, page,
};
use parla_proto::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use thiserror::Error;

use super::{Unkept, row};

const STEPS: &[&str] = &[include_str!("../../schema/1-archive.sql")];
/// Messages of one millisecond among which one without the server's id is looked for.
const TWINS_MAX: i64 = 1_000;

/// The file, open.
#[derive(Debug)]
pub(crate) struct ArchiveFile {
    connection: Connection,
    numbers: HashMap<(BufferKind, String), ConversationId>,
}

/// The file cannot be used.
#[derive(Debug, Error)]
pub(crate) enum ArchiveError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Migration(#[from] MigrationError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error("message history: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

/// Some messages of a conversation, oldest first.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Recalled {
    pub(crate) messages: Vec<Kept>,
    /// Older ones are kept too.
    pub(crate) more: bool,
}

impl ArchiveFile {
    /// Opens the file, or makes it.
    pub(crate) fn open(path: &Path) -> Result<Self, ArchiveError> {
        // Power loss may take the last seconds; the server has them, or they were lost to others as well.
        let mut connection = parla_history::open(path, Durability::Os)?;
        parla_history::prepare(&mut connection)?;
        migrate(&mut connection, "archive", STEPS)?;
        Ok(Self { connection, numbers: HashMap::new() })
    }

    /// Keeps those of the messages that are new, all or none; says how many.
    pub(crate) fn keep(&mut self, messages: &[Kept]) -> Result<usize, ArchiveError> {
        // Read before written: so it takes the lock at once, and waits for it.
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut new = 0;
        let mut numbers = HashMap::new();
        {
            let mut writer = Writer::new(&transaction)?;
            for kept in messages {
                let key = key(kept.kind, &kept.buffer);
                let known = self.numbers.get(&key).or_else(|| numbers.get(&key)).copied();
                let conversation = match known {
                    Some(number) => number,
                    None => number_or_new(&transaction, &key, &kept.buffer)?,
                };
                numbers.insert(key, conversation);
                if let Some(id) = free_id(&transaction, kept, conversation)? {
                    writer.append(&row::message(kept, conversation, id))?;
                    if let Some(msgid) = &kept.msgid {
                        remember_msgid(&transaction, conversation, msgid, id)?;
                    }
                    new += 1;
                }
            }
        }
        transaction.commit()?;
        self.numbers.extend(numbers);
        Ok(new)
    }

    /// The newest messages of a conversation before a time, oldest first. A millisecond is given whole or not at all, so that
    /// the next question, which has no finer measure, misses nothing; unless it alone has more than `limit`.
    pub(crate) fn recall(
        &mut self,
        kind: BufferKind,
        name: &Arc<str>,
        before: Option<Timestamp>,
        limit: usize,
    ) -> Result<Recalled, ArchiveError> {
        let key = key(kind, name);
        let known = match self.numbers.get(&key) {
            Some(number) => Some(*number),
            None => number(&self.connection, &key)?,
        };
        let Some(conversation) = known else { return Ok(Recalled::default()) };
        self.numbers.insert(key, conversation);
        let asked = match before {
            Some(time) => Page::Before(Bound::Time(row::kept_at(time))),
            None => Page::Latest { after: None },
        };
        let mut messages = page(&self.connection, conversation, asked, limit.saturating_add(1))?;
        let more = messages.len() > limit;
        if more {
            let oldest = messages.first().map(|message| message.at);
            let whole = messages.iter().position(|message| Some(message.at) != oldest).unwrap_or(1);
            messages.drain(..whole);
        }
        let messages = messages.into_iter().map(|message| row::kept(message, kind, name)).collect();
        Ok(Recalled { messages, more })
    }

    /// Takes a message out that was taken back. Its id stays known, so that it is not kept again.
    pub(crate) fn unkeep(&mut self, unkept: &Unkept) -> Result<(), ArchiveError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if let Some(conversation) = number(&transaction, &key(unkept.kind, &unkept.name))? {
            let id: Option<i64> = transaction
                .prepare_cached("SELECT id FROM archive_msgids WHERE conversation = ?1 AND msgid = ?2")?
                .query_row((conversation, &unkept.msgid), |row| row.get(0))
                .optional()?;
            if let Some(id) = id {
                Writer::new(&transaction)?.delete(conversation, MessageNumber(id.unsigned_abs()))?;
            }
        }
        transaction.commit()?;
        Ok(())
    }

    /// Moves what is not indexed yet into the indexes.
    pub(crate) fn index(&mut self) -> Result<(), ArchiveError> {
        while index_pending(&mut self.connection, 1_000)? > 0 {}
        Ok(())
    }
}

const fn kind_word(kind: BufferKind) -> &'static str {
    match kind {
        BufferKind::Server => "server",
        BufferKind::Room => "room",
        BufferKind::Direct => "direct",
    }
}

/// Names that differ in case are one. A server may see more names as one; such a room has two conversations at worst.
fn key(kind: BufferKind, name: &str) -> (BufferKind, String) {
    (kind, name.to_lowercase())
}

fn number(
    connection: &Connection,
    (kind, folded): &(BufferKind, String),
) -> rusqlite::Result<Option<ConversationId>> {
    connection
        .prepare_cached("SELECT id FROM archive_conversations WHERE kind = ?1 AND folded = ?2")?
        .query_row((kind_word(*kind), folded), |row| row.get(0))
        .optional()
}

fn number_or_new(
    transaction: &Transaction<'_>,
    key: &(BufferKind, String),
    name: &str,
) -> rusqlite::Result<ConversationId> {
    if let Some(number) = number(transaction, key)? {
        return Ok(number);
    }
    transaction
        .prepare_cached("INSERT INTO archive_conversations(kind, folded, name) VALUES(?1, ?2, ?3)")?
        .execute((kind_word(key.0), &key.1, name))?;
    Ok(ConversationId(transaction.last_insert_rowid()))
}

/// The id for a message; none if it is kept already, or if its millisecond is full.
fn free_id(
    transaction: &Transaction<'_>,
    kept: &Kept,
    conversation: ConversationId,
) -> rusqlite::Result<Option<i64>> {
    let (first, last) = (row::first_id(kept.at), row::last_id(kept.at));
    let latest: Option<i64> = transaction
        .prepare_cached("SELECT max(id) FROM messages WHERE id >= ?1 AND id <= ?2")?
        .query_row((first, last), |row| row.get(0))?;
    let known = match &kept.msgid {
        Some(msgid) => transaction
            .prepare_cached("SELECT 1 FROM archive_msgids WHERE conversation = ?1 AND msgid = ?2")?
            .exists((conversation, msgid))?,
        None => match latest {
            Some(latest) => has_twin(transaction, kept, conversation, first.max(latest - TWINS_MAX))?,
            None => false,
        },
    };
    let next = latest.map_or(first, |latest| latest + 1);
    Ok((!known && next <= last).then_some(next))
}

/// Whether the same was said by the same in the same millisecond. Its ids from `from` on are looked at.
fn has_twin(
    transaction: &Transaction<'_>,
    kept: &Kept,
    conversation: ConversationId,
    from: i64,
) -> rusqlite::Result<bool> {
    let (last, kind) = (row::last_id(kept.at), row::kind(kept.manner));
    transaction
        .prepare_cached(
            "SELECT 1 FROM messages WHERE id >= ?1 AND id <= ?2 AND conversation = ?3 AND source = ?4
            AND text = ?5 AND kind = ?6",
        )?
        .exists((from, last, conversation, &kept.source, &kept.text, kind))
}

fn remember_msgid(
    transaction: &Transaction<'_>,
    conversation: ConversationId,
    msgid: &str,
    id: i64,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("INSERT INTO archive_msgids(conversation, msgid, id) VALUES(?1, ?2, ?3)")?
        .execute((conversation, msgid, id))?;
    Ok(())
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
