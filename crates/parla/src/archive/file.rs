//! The messages of one network in one SQLite file: each stored once, paged by time, and found by the current
//! name of their conversation.
//!
//! This module decides what the history's tables leave open: the number of a conversation, the id of a
//! message, and whether a message is already known. Earlier history may arrive after later messages; the
//! history indexes such a row as it is appended.

use std::{collections::HashMap, path::Path, sync::Arc};

use parla_client::{ArchivedMessage, view::BufferKind};
use parla_engine::{ArchiveChange, ArchiveDeletion, ArchiveRename, Recalled};
use parla_history::{
    Bound, ConversationId, Durability, HistoryError, MessageNumber, MigrationError, OpenError, Page, Writer,
    index_pending, migrate, page,
};
use parla_proto::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use thiserror::Error;

use super::row;

const STEPS: &[&str] =
    &[include_str!("../../schema/1-archive.sql"), include_str!("../../schema/2-archive-renamed.sql")];
/// How many messages of one millisecond are searched for one without a msgid.
const TWINS_MAX: i64 = 1_000;
/// The most conversations that are read together with the one that took over their name; beyond that the
/// oldest are left out.
const PARTS_MAX: i64 = 100;

/// The key of a conversation: its kind, and its name in lower case.
type Key = (BufferKind, String);

/// The open file.
#[derive(Debug)]
pub(crate) struct ArchiveFile {
    connection: Connection,
    /// The conversations under the names that were asked for, as returned by [`parts`].
    known: HashMap<Key, Vec<ConversationId>>,
}

/// Why the file cannot be used.
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

impl ArchiveFile {
    /// Opens the file, or creates it.
    pub(crate) fn open(path: &Path) -> Result<Self, ArchiveError> {
        // A power failure may cost the last seconds; the server has them, or they were lost to others too.
        let mut connection = parla_history::open(path, Durability::Os)?;
        parla_history::prepare(&mut connection)?;
        migrate(&mut connection, "archive", STEPS)?;
        Ok(Self { connection, known: HashMap::new() })
    }

    /// Makes changes in their order, either all or none; returns how many messages are new.
    pub(crate) fn write(&mut self, changes: &[ArchiveChange]) -> Result<usize, ArchiveError> {
        // It reads before it writes, so it takes the lock immediately and waits for it.
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // If the transaction fails, the cache is lost too; the file has the same data.
        let mut writing = Writing { transaction: &transaction, known: std::mem::take(&mut self.known) };
        let mut new = 0;
        for change in changes {
            match change {
                ArchiveChange::Keep(kept) => new += usize::from(writing.keep(kept)?),
                ArchiveChange::Unkeep(unkept) => writing.unkeep(unkept)?,
                ArchiveChange::Rename(renamed) => writing.rename(renamed)?,
            }
        }
        let known = writing.known;
        transaction.commit()?;
        self.known = known;
        Ok(new)
    }

    /// The newest messages of a conversation before a time, oldest first. Either all messages of a
    /// millisecond are returned or none, so that the next question, which is no more precise, misses nothing;
    /// the exception is a single millisecond with more than `limit` messages.
    pub(crate) fn recall(
        &mut self,
        kind: BufferKind,
        name: &Arc<str>,
        before: Option<Timestamp>,
        limit: usize,
    ) -> Result<Recalled, ArchiveError> {
        let key = key(kind, name);
        let parts = match self.known.get(&key) {
            Some(parts) => parts.clone(),
            None => parts(&self.connection, &key)?,
        };
        let asked = match before {
            Some(time) => Page::Before(Bound::Time(row::kept_at(time))),
            None => Page::Latest { after: None },
        };
        let wanted = limit.saturating_add(1);
        let mut messages = Vec::new();
        for part in &parts {
            messages.append(&mut page(&self.connection, *part, asked, wanted)?);
        }
        if !parts.is_empty() {
            self.known.insert(key, parts);
        }
        // Ids are ordered by time in all parts.
        messages.sort_by_key(|message| message.id);
        messages.drain(..messages.len().saturating_sub(wanted));
        let more = messages.len() > limit;
        if more {
            let oldest = messages.first().map(|message| message.at);
            let whole = messages.iter().position(|message| Some(message.at) != oldest).unwrap_or(1);
            messages.drain(..whole);
        }
        let messages = messages.into_iter().map(|message| row::kept(message, kind, name)).collect();
        Ok(Recalled { messages, more })
    }

    /// Moves rows that are not indexed yet into the indexes.
    pub(crate) fn index(&mut self) -> Result<(), ArchiveError> {
        while index_pending(&mut self.connection, 1_000)? > 0 {}
        Ok(())
    }
}

/// The changes of one transaction.
struct Writing<'a> {
    transaction: &'a Transaction<'a>,
    known: HashMap<Key, Vec<ConversationId>>,
}

impl Writing<'_> {
    /// Stores a message, unless it is stored already. Returns whether it is new.
    fn keep(&mut self, kept: &ArchivedMessage) -> Result<bool, ArchiveError> {
        let key = key(kept.kind, &kept.buffer);
        let parts = match self.known.remove(&key) {
            Some(parts) => parts,
            None => self.parts_or_new(&key, &kept.buffer)?,
        };
        let id = self.free_id(kept, &parts)?;
        if let (Some(id), Some(conversation)) = (id, parts.first().copied()) {
            Writer::new(self.transaction)?.append(&row::message(kept, conversation, id))?;
            if let Some(msgid) = &kept.msgid {
                self.transaction
                    .prepare_cached("INSERT INTO archive_msgids(conversation, msgid, id) VALUES(?1, ?2, ?3)")?
                    .execute((conversation, msgid, id))?;
            }
        }
        self.known.insert(key, parts);
        Ok(id.is_some())
    }

    /// Removes a message that was deleted. Its id remains known, so that it is not stored again.
    fn unkeep(&self, unkept: &ArchiveDeletion) -> Result<(), ArchiveError> {
        for conversation in parts(self.transaction, &key(unkept.kind, &unkept.name))? {
            let id: Option<i64> = self
                .transaction
                .prepare_cached("SELECT id FROM archive_msgids WHERE conversation = ?1 AND msgid = ?2")?
                .query_row((conversation, &unkept.msgid), |row| row.get(0))
                .optional()?;
            if let Some(id) = id {
                Writer::new(self.transaction)?.delete(conversation, MessageNumber(id.unsigned_abs()))?;
            }
        }
        Ok(())
    }

    /// Makes a conversation available under another name. If another conversation is stored under that name,
    /// it becomes a part of this one: nothing that could be read under a name disappears.
    fn rename(&mut self, renamed: &ArchiveRename) -> Result<(), ArchiveError> {
        let (from, to) = (key(renamed.kind, &renamed.from), key(renamed.kind, &renamed.to));
        let Some(id) = number(self.transaction, &from)? else { return Ok(()) };
        if let Some(before) = number(self.transaction, &to)?.filter(|_| from != to) {
            // No name contains a space, so nobody asks for this one.
            self.transaction.execute(
                "UPDATE archive_conversations SET part_of = ?1, folded = folded || ' ' || id WHERE id = ?2",
                (id, before),
            )?;
            let sql = "UPDATE archive_conversations SET part_of = ?1 WHERE part_of = ?2";
            self.transaction.execute(sql, (id, before))?;
        }
        let sql = "UPDATE archive_conversations SET folded = ?2, name = ?3 WHERE id = ?1";
        self.transaction.execute(sql, (id, &to.1, &renamed.to))?;
        self.known.remove(&from);
        self.known.remove(&to);
        Ok(())
    }

    fn parts_or_new(&self, key: &Key, name: &str) -> rusqlite::Result<Vec<ConversationId>> {
        let known = parts(self.transaction, key)?;
        if !known.is_empty() {
            return Ok(known);
        }
        self.transaction
            .prepare_cached("INSERT INTO archive_conversations(kind, folded, name) VALUES(?1, ?2, ?3)")?
            .execute((kind_word(key.0), &key.1, name))?;
        Ok(vec![ConversationId(self.transaction.last_insert_rowid())])
    }

    /// The id for a message; `None` if it is stored already, or if its millisecond is full.
    fn free_id(&self, kept: &ArchivedMessage, parts: &[ConversationId]) -> rusqlite::Result<Option<i64>> {
        let (first, last) = (row::first_id(kept.at), row::last_id(kept.at));
        let latest: Option<i64> = self
            .transaction
            .prepare_cached("SELECT max(id) FROM messages WHERE id >= ?1 AND id <= ?2")?
            .query_row((first, last), |row| row.get(0))?;
        for conversation in parts {
            let is_known = match (&kept.msgid, latest) {
                (Some(msgid), _) => self
                    .transaction
                    .prepare_cached("SELECT 1 FROM archive_msgids WHERE conversation = ?1 AND msgid = ?2")?
                    .exists((conversation, msgid))?,
                (None, Some(latest)) => self.has_twin(kept, *conversation, first.max(latest - TWINS_MAX))?,
                (None, None) => false,
            };
            if is_known {
                return Ok(None);
            }
        }
        let next = latest.map_or(first, |latest| latest + 1);
        Ok((next <= last).then_some(next))
    }

    /// Whether the same person said the same in the same millisecond. Ids from `from` on are searched.
    fn has_twin(
        &self,
        kept: &ArchivedMessage,
        conversation: ConversationId,
        from: i64,
    ) -> rusqlite::Result<bool> {
        let (last, kind) = (row::last_id(kept.at), row::kind(kept.manner));
        self.transaction
            .prepare_cached(
                "SELECT 1 FROM messages WHERE id >= ?1 AND id <= ?2 AND conversation = ?3 AND source = ?4
                AND text = ?5 AND kind = ?6",
            )?
            .exists((from, last, conversation, &kept.source, &kept.text, kind))
    }
}

const fn kind_word(kind: BufferKind) -> &'static str {
    match kind {
        BufferKind::Server => "server",
        BufferKind::Room => "room",
        BufferKind::Direct => "direct",
    }
}

/// Names that differ only in case count as one. A server may treat more names as equal; such a channel has
/// two conversations at worst.
fn key(kind: BufferKind, name: &str) -> Key {
    (kind, name.to_lowercase())
}

/// The number of the conversation that has this name now.
fn number(connection: &Connection, (kind, folded): &Key) -> rusqlite::Result<Option<ConversationId>> {
    connection
        .prepare_cached("SELECT id FROM archive_conversations WHERE kind = ?1 AND folded = ?2")?
        .query_row((kind_word(*kind), folded), |row| row.get(0))
        .optional()
}

/// The conversation that has this name now, followed by those that are read with it, newest first.
fn parts(connection: &Connection, key: &Key) -> rusqlite::Result<Vec<ConversationId>> {
    let Some(first) = number(connection, key)? else { return Ok(Vec::new()) };
    let mut parts = vec![first];
    let mut others = connection.prepare_cached(
        "SELECT id FROM archive_conversations WHERE part_of = ?1 ORDER BY id DESC LIMIT ?2",
    )?;
    for part in others.query_map((first, PARTS_MAX), |row| row.get(0))? {
        parts.push(part?);
    }
    Ok(parts)
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
