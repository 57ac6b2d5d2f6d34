//! Forgetting whole conversations: at once for readers, but piece by piece in the file, because there may be
//! a million messages.
//!
//! Deleted text disappears from the table, from both indexes and from the free pages, as with a single
//! deleted message (`append.rs`). For many rows this takes two passes. When a page has lost most of its rows,
//! SQLite moves the remaining rows to another page and does not overwrite the places where they were,
//! whatever `secure_delete` says. So the first pass empties every message, which moves no other row, and the
//! second deletes the empty rows.
//!
//! It relies on the caller never reusing the number of a conversation.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior};

use crate::{
    ConversationId, HistoryError, Writer,
    index::{index_pending, last_indexed, remove_words},
};

/// How many bytes a deleted message counts for, in addition to its text.
pub(crate) const MESSAGE_BYTES: usize = 64;

impl Writer<'_> {
    /// Forgets a conversation: from now on, readers find no messages in it. [`forget_pending`] removes them
    /// from the file, and continues after a crash.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn forget(&mut self, conversation: ConversationId) -> Result<(), HistoryError> {
        let sql = "INSERT INTO conversations_forgotten(conversation) VALUES(?1) ON CONFLICT DO NOTHING";
        self.transaction.prepare_cached(sql)?.execute([conversation])?;
        Ok(())
    }
}

/// Removes some more messages of a forgotten conversation from the file, in a transaction of its own: about
/// `bytes_max` bytes of text, and at least one message. Returns whether there may be more to do.
///
/// A message of 11 words takes 0.4 ms, and the transaction holds the only write lock for that time.
///
/// # Errors
/// SQLite refuses, and nothing has changed.
pub fn forget_pending(connection: &mut Connection, bytes_max: usize) -> Result<bool, HistoryError> {
    let first = "SELECT conversation, emptied_to FROM conversations_forgotten LIMIT 1";
    let first = connection.prepare_cached(first)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)));
    let Some((conversation, emptied_to)) = first.optional()? else { return Ok(false) };
    let rows_max = bytes_max.div_ceil(MESSAGE_BYTES);
    if has_tail(connection, conversation)? {
        // Only messages that are in both indexes can be found by their places.
        index_pending(connection, rows_max)?;
        return Ok(true);
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if empty_some(&transaction, (conversation, emptied_to), bytes_max)? == 0
        && delete_some(&transaction, conversation, rows_max)? == 0
    {
        let sql = "DELETE FROM conversations_forgotten WHERE conversation = ?1";
        transaction.prepare_cached(sql)?.execute([conversation])?;
    }
    transaction.commit()?;
    Ok(true)
}

/// Whether a conversation has been forgotten, even if some of its messages are still in the file.
pub(crate) fn is_forgotten(
    connection: &Connection,
    conversation: ConversationId,
) -> Result<bool, HistoryError> {
    let sql = "SELECT EXISTS(SELECT 1 FROM conversations_forgotten WHERE conversation = ?1)";
    Ok(connection.prepare_cached(sql)?.query_row([conversation], |row| row.get(0))?)
}

/// Whether a conversation has messages that are not indexed yet.
fn has_tail(connection: &Connection, conversation: ConversationId) -> Result<bool, HistoryError> {
    let sql = "SELECT EXISTS(SELECT 1 FROM messages WHERE id > ?1 AND conversation = ?2)";
    let row = (last_indexed(connection)?, conversation);
    Ok(connection.prepare_cached(sql)?.query_row(row, |row| row.get(0))?)
}

/// Empties the messages after `emptied_to` and removes their words from the index. Returns how many.
fn empty_some(
    transaction: &Transaction<'_>,
    (conversation, emptied_to): (ConversationId, i64),
    bytes_max: usize,
) -> Result<usize, HistoryError> {
    let found = some_messages(transaction, (conversation, emptied_to), bytes_max)?;
    found.iter().try_for_each(|message| empty(transaction, message))?;
    if let Some(last) = found.last() {
        let sql = "UPDATE conversations_forgotten SET emptied_to = ?2 WHERE conversation = ?1";
        transaction.prepare_cached(sql)?.execute((conversation, last.id))?;
    }
    Ok(found.len())
}

/// A message that is to be emptied.
pub(crate) struct Emptied {
    pub(crate) id: i64,
    conversation: ConversationId,
    /// Empty if the message was emptied before.
    source: String,
    pub(crate) text: String,
}

impl Emptied {
    /// Reads id, conversation, source and text, in this order.
    pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { id: row.get(0)?, conversation: row.get(1)?, source: row.get(2)?, text: row.get(3)? })
    }
}

/// Empties a message, and removes its words from the index.
pub(crate) fn empty(transaction: &Transaction<'_>, message: &Emptied) -> Result<(), HistoryError> {
    // The index must not be told twice to remove the same words.
    if message.source.is_empty() {
        return Ok(());
    }
    remove_words(transaction, message.id, message.conversation, &message.text)?;
    let sql =
        "UPDATE messages SET source = '', account = NULL, text = '', tags = NULL, cuts = NULL, sum = NULL,
               refers_to = NULL, edited = NULL WHERE id = ?1";
    transaction.prepare_cached(sql)?.execute([message.id])?;
    Ok(())
}

/// Some messages of a conversation after a row.
fn some_messages(
    connection: &Connection,
    (conversation, after): (ConversationId, i64),
    bytes_max: usize,
) -> Result<Vec<Emptied>, HistoryError> {
    let (mut found, mut bytes) = (Vec::new(), 0);
    let mut statement = connection.prepare_cached(
        "SELECT m.id, m.conversation, m.source, m.text FROM message_places p CROSS JOIN messages m ON m.id = p.id
         WHERE p.conversation = ?1 AND p.id > ?2 ORDER BY p.id",
    )?;
    let mut rows = statement.query((conversation, after))?;
    while bytes < bytes_max.max(1)
        && let Some(row) = rows.next()?
    {
        let message = Emptied::from_row(row)?;
        bytes += MESSAGE_BYTES + message.text.len();
        found.push(message);
    }
    Ok(found)
}

/// Deletes empty rows and their places. Returns how many.
fn delete_some(
    transaction: &Transaction<'_>,
    conversation: ConversationId,
    rows_max: usize,
) -> Result<usize, HistoryError> {
    let row = (conversation, i64::try_from(rows_max.max(1)).unwrap_or(i64::MAX));
    let first = "SELECT id FROM message_places WHERE conversation = ?1 ORDER BY id LIMIT ?2";
    let sql = format!("DELETE FROM messages WHERE id IN ({first})");
    transaction.prepare_cached(&sql)?.execute(row)?;
    let sql = format!("DELETE FROM message_places WHERE conversation = ?1 AND id IN ({first})");
    Ok(transaction.prepare_cached(&sql)?.execute(row)?)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{
        Durability, Page, Search,
        fixture::{History, RUST, TEA},
        index_pending, latest_at, message, open, page, search,
    };

    fn forget(history: &mut History, conversation: ConversationId) {
        let transaction = history.connection.transaction().unwrap();
        Writer::new(&transaction).unwrap().forget(conversation).unwrap();
        transaction.commit().unwrap();
    }

    /// The texts of all rows in the table, including those that readers no longer see.
    fn rows(history: &History) -> Vec<String> {
        let mut statement = history.connection.prepare("SELECT text FROM messages ORDER BY id").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn a_forgotten_conversation_has_no_messages_for_readers_at_once() {
        // With no message indexed, with half of them, and with all.
        for indexed in [0, 2, 4] {
            let mut history = History::new();
            history.say(TEA, "hello tea");
            let first = history.say(RUST, "hello rust");
            history.say(TEA, "hello again");
            history.say(RUST, "hello at last");
            index_pending(&mut history.connection, indexed).unwrap();
            forget(&mut history, RUST);
            let connection = &history.connection;
            assert_eq!(page(connection, RUST, Page::Latest { after: None }, 9).unwrap(), []);
            assert_eq!(message(connection, RUST, first).unwrap(), None);
            assert_eq!(latest_at(connection, RUST).unwrap(), None);
            for (conversation, found) in [(None, 2), (Some(RUST), 0), (Some(TEA), 2)] {
                let asked = Search { conversation, words: "hello".to_owned(), before: None, limit: 9 };
                assert_eq!(search(connection, &asked).unwrap().len(), found, "{conversation:?}, {indexed}");
            }
            assert_eq!(rows(&history).len(), 4, "the file still has them");
        }
    }

    #[test]
    fn the_messages_are_deleted_piece_by_piece() {
        let mut history = History::new();
        for n in 0..7 {
            history.say(RUST, &format!("rust {n}"));
            history.say(TEA, &format!("tea {n}"));
        }
        index_pending(&mut history.connection, 10).unwrap();
        forget(&mut history, RUST);
        let mut left = Vec::new();
        while forget_pending(&mut history.connection, 2 * MESSAGE_BYTES).unwrap() {
            let rows = rows(&history);
            let texts = rows.iter().filter(|text| text.starts_with("rust")).count();
            left.push((texts, rows.len() - 7));
        }
        // Two steps index what was not indexed yet, four empty the messages, and the others delete them.
        let emptied = [(5, 7), (3, 7), (1, 7), (0, 7)];
        let deleted = [(0, 5), (0, 3), (0, 1), (0, 0), (0, 0)];
        assert_eq!(left, [&[(7, 7); 2][..], &emptied, &deleted].concat());
        assert_eq!(rows(&history), (0..7).map(|n| format!("tea {n}")).collect::<Vec<_>>());
        let places = "SELECT count(*) FROM message_places WHERE conversation = 1";
        assert_eq!(history.connection.query_row(places, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
    }

    #[test]
    fn what_was_begun_goes_on_after_a_crash() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("parla.db");
        let mut history = History::on(open(&path, Durability::Os).unwrap());
        for _ in 0..3 {
            history.say(RUST, "hello");
        }
        forget(&mut history, RUST);
        index_pending(&mut history.connection, 9).unwrap();
        assert!(forget_pending(&mut history.connection, 1).unwrap());
        assert_eq!(rows(&history), ["", "hello", "hello"]);
        drop(history);
        let mut history = History::on(open(&path, Durability::Os).unwrap());
        while forget_pending(&mut history.connection, 1).unwrap() {}
        assert_eq!(rows(&history).len(), 0);
    }

    #[test]
    fn no_text_is_left_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("parla.db");
        let mut history = History::on(open(&path, Durability::Os).unwrap());
        for n in 0..500 {
            history.say(RUST, &format!("xylophone {n} {}", "long ".repeat(n % 50)));
            history.say(TEA, "teapot");
        }
        while index_pending(&mut history.connection, 500).unwrap() > 0 {}
        assert!(times_in(&history, &path, b"xylophone") > 500, "in the table and in the index");
        forget(&mut history, RUST);
        while forget_pending(&mut history.connection, 1000).unwrap() {}
        assert_eq!(times_in(&history, &path, b"xylophone"), 0);
        assert!(times_in(&history, &path, b"teapot") > 500);
    }

    fn times_in(history: &History, path: &Path, word: &[u8]) -> usize {
        history.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        std::fs::read(path).unwrap().windows(word.len()).filter(|bytes| *bytes == word).count()
    }
}
