//! Updates both indexes after the table, in transactions of their own: the places of messages in
//! conversations, and the words.
//!
//! Everything up to the id in `messages_indexed.last_id` is in both indexes. Nothing after it is; those
//! messages are the tail, which readers must read as well. A message that arrives later with a smaller id is
//! indexed when it is appended (`append.rs`).

use rusqlite::{Connection, TransactionBehavior};

use crate::{ConversationId, HistoryError, words::searchable};

/// Adds up to `rows_max` unindexed messages to the indexes, the oldest first, in a transaction of its own.
/// Returns how many; 0 means that the indexes are up to date.
///
/// A message takes 4 µs, or 7 µs with thousands of conversations, and the transaction holds the only write
/// lock for that time: 1000 rows are a reasonable number. Whatever a power cut removes from the indexes is
/// indexed again, so there is no need to wait for a sync.
///
/// Until then, reads look at every unindexed message that could belong to the result, at 0.05 µs each: with
/// 50,000 of them, a page of a conversation that was silent all the while takes 2.6 ms, and a search 4 ms or
/// more.
///
/// # Errors
/// SQLite refuses, and the indexes have not changed.
pub fn index_pending(connection: &mut Connection, rows_max: usize) -> Result<usize, HistoryError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut indexed = 0;
    let mut last = last_indexed(&transaction)?;
    {
        let mut pending = transaction.prepare_cached(
            "SELECT id, conversation, text FROM messages WHERE id > ?1 ORDER BY id LIMIT ?2",
        )?;
        let mut rows = pending.query((last, i64::try_from(rows_max).unwrap_or(i64::MAX)))?;
        while let Some(row) = rows.next()? {
            last = row.get(0)?;
            let text = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
            add(&transaction, last, row.get(1)?, text)?;
            indexed += 1;
        }
    }
    if indexed > 0 {
        transaction.prepare_cached("UPDATE messages_indexed SET last_id = ?1")?.execute([last])?;
        transaction.commit()?;
    }
    Ok(indexed)
}

/// The id up to which messages are indexed.
pub(crate) fn last_indexed(connection: &Connection) -> Result<i64, HistoryError> {
    Ok(connection.prepare_cached("SELECT last_id FROM messages_indexed")?.query_row([], |row| row.get(0))?)
}

/// Adds one message to both indexes.
pub(crate) fn add(
    connection: &Connection,
    id: i64,
    conversation: ConversationId,
    text: &str,
) -> Result<(), HistoryError> {
    connection
        .prepare_cached("INSERT INTO message_places(conversation, id) VALUES(?1, ?2)")?
        .execute((conversation, id))?;
    add_words(connection, id, conversation, text)
}

/// Adds one message to the full-text index only.
pub(crate) fn add_words(
    connection: &Connection,
    id: i64,
    conversation: ConversationId,
    text: &str,
) -> Result<(), HistoryError> {
    connection
        .prepare_cached("INSERT INTO messages_search(rowid, conversation, text) VALUES(?1, ?2, ?3)")?
        .execute((id, conversation, searchable(text)))?;
    Ok(())
}

/// Removes one message from both indexes; `text` must be what was added.
pub(crate) fn remove(
    connection: &Connection,
    id: i64,
    conversation: ConversationId,
    text: &str,
) -> Result<(), HistoryError> {
    connection
        .prepare_cached("DELETE FROM message_places WHERE conversation = ?1 AND id = ?2")?
        .execute((conversation, id))?;
    remove_words(connection, id, conversation, text)
}

/// Removes one message from the full-text index only.
pub(crate) fn remove_words(
    connection: &Connection,
    id: i64,
    conversation: ConversationId,
    text: &str,
) -> Result<(), HistoryError> {
    connection
        .prepare_cached(
            "INSERT INTO messages_search(messages_search, rowid, conversation, text) VALUES('delete', ?1, ?2, ?3)",
        )?
        .execute((id, conversation, searchable(text)))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::{
        fixture::{History, RUST},
        index_pending,
    };

    #[test]
    fn goes_in_steps_until_caught_up() {
        let mut history = History::new();
        for n in 0..5 {
            history.say(RUST, &format!("message {n}"));
        }
        let steps: Vec<usize> = (0..4).map(|_| index_pending(&mut history.connection, 2).unwrap()).collect();
        assert_eq!(steps, [2, 2, 1, 0]);
        history.say(RUST, "one more");
        assert_eq!(index_pending(&mut history.connection, 2).unwrap(), 1);
    }

    #[test]
    fn a_deleted_message_leaves_no_word_behind() {
        let mut history = History::new();
        history.say(RUST, "xylem");
        let secret = history.say(RUST, "my password is xylophone");
        history.say(RUST, "xyloid");
        index_pending(&mut history.connection, 10).unwrap();
        let blocks_with = |history: &History, word: &str| -> i64 {
            let sql = "SELECT count(*) FROM messages_search_data WHERE instr(block, CAST(?1 AS BLOB))";
            history.connection.query_row(sql, [word], |row| row.get(0)).unwrap()
        };
        // Terms are stored without the prefix that they share with the term before.
        assert_eq!(blocks_with(&history, "phone"), 1);
        assert!(history.delete(RUST, secret));
        assert_eq!(blocks_with(&history, "phone"), 0);
    }
}
