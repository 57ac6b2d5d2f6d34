//! Expiry: messages from before a time are gone at once for readers, but are deleted piece by piece in the file, in two
//! passes, as those of a forgotten conversation (`forget.rs`).
//!
//! It relies on the order of ids being the order of times, in each conversation and in the whole file.

use parla_proto::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use crate::{
    ConversationId, HistoryError, Writer,
    forget::{Emptied, MESSAGE_BYTES, empty},
    index::{index_pending, last_indexed},
};

/// Stands for all conversations.
const ALL: ConversationId = ConversationId(0);

impl Writer<'_> {
    /// Has the messages expire that were sent before this time, in one conversation or in all: from now on, readers do
    /// not find them. [`expire_pending`] removes them from the file, and continues after a crash. Returns whether there
    /// are any.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn expire(
        &mut self,
        conversation: Option<ConversationId>,
        before: Timestamp,
    ) -> Result<bool, HistoryError> {
        let oldest = oldest_at(self.transaction, conversation.unwrap_or(ALL))?;
        if oldest.is_none_or(|at| at >= before.as_millis()) {
            return Ok(false);
        }
        let sql = "INSERT INTO messages_expired(conversation, before) VALUES(?1, ?2)
            ON CONFLICT(conversation) DO UPDATE SET before = max(before, excluded.before)";
        let row = (conversation.unwrap_or(ALL), before.as_millis());
        self.transaction.prepare_cached(sql)?.execute(row)?;
        Ok(true)
    }
}

/// When (ms) the first message in the file was sent.
fn oldest_at(connection: &Connection, conversation: ConversationId) -> Result<Option<i64>, HistoryError> {
    if conversation == ALL {
        let sql = "SELECT at FROM messages ORDER BY id LIMIT 1";
        return Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?);
    }
    let sql = "SELECT m.at FROM message_places p CROSS JOIN messages m ON m.id = p.id
        WHERE p.conversation = ?1 ORDER BY p.id LIMIT 1";
    let oldest = connection.prepare_cached(sql)?.query_row([conversation], |row| row.get(0)).optional()?;
    if oldest.is_some() {
        return Ok(oldest);
    }
    let sql = "SELECT at FROM messages WHERE id > ?1 AND conversation = ?2 ORDER BY id LIMIT 1";
    let row = (last_indexed(connection)?, conversation);
    Ok(connection.prepare_cached(sql)?.query_row(row, |row| row.get(0)).optional()?)
}

/// The time (ms) before which the messages of a conversation have expired.
pub(crate) fn expired_before(
    connection: &Connection,
    conversation: ConversationId,
) -> Result<Option<i64>, HistoryError> {
    let sql = "SELECT max(before) FROM messages_expired WHERE conversation IN (0, ?1)";
    Ok(connection.prepare_cached(sql)?.query_row([conversation], |row| row.get(0))?)
}

/// What is being removed.
#[derive(Clone, Copy)]
struct Expired {
    conversation: ConversationId,
    before: i64,
    emptied_to: i64,
}

/// Removes some more expired messages from the file, in a transaction of its own: about `bytes_max` bytes of text, and
/// at least one message. Returns whether there may be more to do.
///
/// # Errors
/// SQLite refuses, and nothing has changed.
pub fn expire_pending(connection: &mut Connection, bytes_max: usize) -> Result<bool, HistoryError> {
    let first = "SELECT conversation, before, emptied_to FROM messages_expired LIMIT 1";
    let first = connection.prepare_cached(first)?.query_row([], |row| {
        Ok(Expired { conversation: row.get(0)?, before: row.get(1)?, emptied_to: row.get(2)? })
    });
    let Some(expired) = first.optional()? else { return Ok(false) };
    let rows_max = bytes_max.div_ceil(MESSAGE_BYTES).max(1);
    if has_tail(connection, expired)? {
        // Only messages that are in both indexes can be removed from them.
        index_pending(connection, rows_max)?;
        return Ok(true);
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if empty_some(&transaction, expired, bytes_max)? == 0
        && delete_some(&transaction, expired, rows_max)? == 0
    {
        let sql = "DELETE FROM messages_expired WHERE conversation = ?1";
        transaction.prepare_cached(sql)?.execute([expired.conversation])?;
    }
    transaction.commit()?;
    Ok(true)
}

/// Whether some of the messages are not indexed yet.
fn has_tail(connection: &Connection, expired: Expired) -> Result<bool, HistoryError> {
    let sql =
        "SELECT EXISTS(SELECT 1 FROM messages WHERE id > ?1 AND at < ?2 AND (?3 = 0 OR conversation = ?3))";
    let row = (last_indexed(connection)?, expired.before, expired.conversation);
    Ok(connection.prepare_cached(sql)?.query_row(row, |row| row.get(0))?)
}

/// Empties some messages, and removes their words from the index. Returns how many.
fn empty_some(
    transaction: &Transaction<'_>,
    expired: Expired,
    bytes_max: usize,
) -> Result<usize, HistoryError> {
    let found = some_messages(transaction, expired, bytes_max)?;
    found.iter().try_for_each(|message| empty(transaction, message))?;
    if let Some(last) = found.last() {
        let sql = "UPDATE messages_expired SET emptied_to = ?2 WHERE conversation = ?1";
        transaction.prepare_cached(sql)?.execute((expired.conversation, last.id))?;
    }
    Ok(found.len())
}

/// The next messages to be emptied.
fn some_messages(
    connection: &Connection,
    Expired { conversation, before, emptied_to }: Expired,
    bytes_max: usize,
) -> Result<Vec<Emptied>, HistoryError> {
    let (mut found, mut bytes) = (Vec::new(), 0);
    let sql = if conversation == ALL {
        "SELECT m.id, m.conversation, m.source, m.text, m.at FROM messages m
         WHERE ?1 = 0 AND m.id > ?2 ORDER BY m.id"
    } else {
        "SELECT m.id, m.conversation, m.source, m.text, m.at
         FROM message_places p CROSS JOIN messages m ON m.id = p.id
         WHERE p.conversation = ?1 AND p.id > ?2 ORDER BY p.id"
    };
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((conversation, emptied_to))?;
    while bytes < bytes_max.max(1)
        && let Some(row) = rows.next()?
        && row.get::<_, i64>(4)? < before
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
    Expired { conversation, emptied_to, .. }: Expired,
    rows_max: usize,
) -> Result<usize, HistoryError> {
    let row = (conversation, emptied_to, i64::try_from(rows_max).unwrap_or(i64::MAX));
    if conversation == ALL {
        let first = "FROM messages WHERE ?1 = 0 AND id <= ?2 ORDER BY id LIMIT ?3";
        let sql = format!(
            "DELETE FROM message_places WHERE (conversation, id) IN (SELECT conversation, id {first})"
        );
        transaction.prepare_cached(&sql)?.execute(row)?;
        let sql = format!("DELETE FROM messages WHERE id IN (SELECT id {first})");
        return Ok(transaction.prepare_cached(&sql)?.execute(row)?);
    }
    let first = "SELECT id FROM message_places WHERE conversation = ?1 AND id <= ?2 ORDER BY id LIMIT ?3";
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
        forget_pending, latest_at, message, open, page, search,
    };

    /// The time of the message with this number.
    fn at(number: i64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + number * 1000)
    }

    fn expire(history: &mut History, conversation: Option<ConversationId>, before: i64) -> bool {
        let transaction = history.connection.transaction().unwrap();
        let any = Writer::new(&transaction).unwrap().expire(conversation, at(before)).unwrap();
        transaction.commit().unwrap();
        any
    }

    /// Messages 1 to 8, which are said in two rooms by turns.
    fn history() -> History {
        let mut history = History::new();
        for n in 0..4 {
            history.say(RUST, &format!("rust {n}"));
            history.say(TEA, &format!("tea {n}"));
        }
        history
    }

    fn texts(history: &History, conversation: ConversationId) -> Vec<String> {
        let found = page(&history.connection, conversation, Page::Latest { after: None }, 99).unwrap();
        found.into_iter().map(|message| message.text).collect()
    }

    fn rows(history: &History) -> usize {
        let sql = "SELECT count(*) FROM messages";
        let count: i64 = history.connection.query_row(sql, [], |row| row.get(0)).unwrap();
        usize::try_from(count).unwrap()
    }

    #[test]
    fn what_has_expired_is_gone_for_readers_at_once() {
        for indexed in [0, 3, 8] {
            let mut history = history();
            index_pending(&mut history.connection, indexed).unwrap();
            assert!(!expire(&mut history, Some(RUST), 1), "nothing is that old");
            assert!(expire(&mut history, Some(RUST), 5));
            assert_eq!(texts(&history, RUST), ["rust 2", "rust 3"], "{indexed}");
            assert_eq!(texts(&history, TEA).len(), 4);
            let connection = &history.connection;
            assert_eq!(message(connection, RUST, crate::MessageNumber(3)).unwrap(), None);
            assert!(message(connection, RUST, crate::MessageNumber(5)).unwrap().is_some());
            for (words, found) in [("rust", 2), ("tea", 4)] {
                let asked = Search { conversation: None, words: words.to_owned(), before: None, limit: 9 };
                assert_eq!(search(connection, &asked).unwrap().len(), found, "{words}, {indexed}");
            }
            assert!(expire(&mut history, None, 8));
            assert_eq!((texts(&history, RUST).len(), texts(&history, TEA)), (0, vec!["tea 3".to_owned()]));
            assert_eq!(latest_at(&history.connection, RUST).unwrap(), None);
            assert_eq!(rows(&history), 8, "the file still has them");
        }
    }

    #[test]
    fn the_messages_are_deleted_piece_by_piece() {
        for (conversation, before, left) in [(Some(RUST), 5, 6), (None, 6, 3)] {
            let mut history = history();
            expire(&mut history, conversation, before);
            let mut steps = 0;
            while expire_pending(&mut history.connection, 1).unwrap() {
                steps += 1;
            }
            // Each message is indexed, emptied and deleted, and the last step finds that there is nothing more.
            let gone = 8 - left;
            assert!(steps > 2 * gone, "{steps}");
            assert_eq!(rows(&history), left, "{conversation:?}");
            assert_eq!(crate::check(&history.connection).unwrap(), [""; 0]);
            let rows = "SELECT count(*) FROM messages_expired";
            assert_eq!(history.connection.query_row(rows, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
        }
    }

    #[test]
    fn more_can_expire_before_the_first_is_deleted() {
        let mut history = history();
        expire(&mut history, Some(RUST), 2);
        for _ in 0..9 {
            expire_pending(&mut history.connection, 1).unwrap();
        }
        expire(&mut history, Some(RUST), 4);
        expire(&mut history, Some(RUST), 3);
        expire(&mut history, None, 5);
        let transaction = history.connection.transaction().unwrap();
        Writer::new(&transaction).unwrap().forget(RUST).unwrap();
        transaction.commit().unwrap();
        // Each of the three may come upon what another has emptied.
        for _ in 0..99 {
            expire_pending(&mut history.connection, 1).unwrap();
            forget_pending(&mut history.connection, 1).unwrap();
        }
        assert_eq!((rows(&history), texts(&history, TEA)), (2, vec!["tea 2".to_owned(), "tea 3".to_owned()]));
        assert_eq!(crate::check(&history.connection).unwrap(), [""; 0]);
        let sound = "INSERT INTO messages_search(messages_search) VALUES('integrity-check')";
        history.connection.execute(sound, []).unwrap();
    }

    #[test]
    fn what_was_begun_goes_on_after_a_crash_and_leaves_no_text() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("parla.db");
        let mut history = History::on(open(&path, Durability::Os).unwrap());
        for n in 0..500 {
            history.say(RUST, &format!("xylophone {n} {}", "long ".repeat(n % 50)));
            history.say(TEA, "teapot");
        }
        while index_pending(&mut history.connection, 500).unwrap() > 0 {}
        assert!(times_in(&history, &path, b"xylophone") > 500, "in the table and in the index");
        expire(&mut history, Some(RUST), 1001);
        for _ in 0..50 {
            expire_pending(&mut history.connection, 1000).unwrap();
        }
        drop(history);
        let mut history = History::on(open(&path, Durability::Os).unwrap());
        while expire_pending(&mut history.connection, 1000).unwrap() {}
        assert_eq!((rows(&history), times_in(&history, &path, b"xylophone")), (500, 0));
        expire(&mut history, None, 2000);
        while expire_pending(&mut history.connection, 1000).unwrap() {}
        assert_eq!((rows(&history), times_in(&history, &path, b"teapot")), (0, 0));
    }

    fn times_in(history: &History, path: &Path, word: &[u8]) -> usize {
        history.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        std::fs::read(path).unwrap().windows(word.len()).filter(|bytes| *bytes == word).count()
    }
}
