//! Checks what SQLite cannot know about: texts that are no longer valid, and messages that no index contains.
//!
//! Messages from before checksums were introduced may have changed unnoticed. The full-text index is checked
//! by SQLite's own `quick_check`.

use parla_proto::Timestamp;
use rusqlite::{Connection, Row};

use crate::{
    HistoryError, Kind,
    checksum::{Columns, StoredRow, row_columns},
    index::last_indexed,
};

/// The problems that were found, one sentence each. It reads every message: a million take a second or two.
///
/// # Errors
/// SQLite cannot continue reading, or was interrupted.
pub fn check(connection: &Connection) -> Result<Vec<String>, HistoryError> {
    let mut problems = Vec::new();
    let unreadable = unsound(connection)?.len();
    if unreadable > 0 {
        problems.push(format!("{unreadable} messages have turned into something else"));
    }
    let last = last_indexed(connection)?;
    let astray = count(
        connection,
        "SELECT count(*) FROM messages m WHERE m.id <= ?1
         AND NOT EXISTS (SELECT 1 FROM message_places p WHERE p.conversation = m.conversation AND p.id = m.id)",
        last,
    )?;
    if astray > 0 {
        problems.push(format!("{astray} messages are missing from the index of their room"));
    }
    let empty = count(
        connection,
        "SELECT count(*) FROM message_places p WHERE p.id > ?1
         OR NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = p.id AND m.conversation = p.conversation)",
        last,
    )?;
    if empty > 0 {
        problems.push(format!("the index of rooms has {empty} places without a message"));
    }
    Ok(problems)
}

/// Deletes messages that have been corrupted, before any message is indexed. Returns how many there were.
///
/// # Errors
/// SQLite refuses.
pub fn delete_unsound(connection: &Connection) -> Result<usize, HistoryError> {
    let ids = unsound(connection)?;
    let mut delete = connection.prepare("DELETE FROM messages WHERE id = ?1")?;
    for id in &ids {
        delete.execute([id])?;
    }
    Ok(ids.len())
}

/// The ids of messages that this crate cannot have written in this form.
fn unsound(connection: &Connection) -> Result<Vec<i64>, HistoryError> {
    let mut statement =
        connection.prepare(concat!("SELECT ", row_columns!(), " FROM messages ORDER BY id"))?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if !is_sound(row)? {
            found.push(row.get(0)?);
        }
    }
    Ok(found)
}

fn count(connection: &Connection, sql: &str, last: i64) -> Result<i64, HistoryError> {
    Ok(connection.query_row(sql, [last], |row| row.get(0))?)
}

/// Whether a row is one that this crate could have written.
fn is_sound(row: &Row<'_>) -> Result<bool, HistoryError> {
    let Some(stored) = StoredRow::from_row(row)? else { return Ok(false) };
    let Columns { numbers: [_, _, at], refers_to, edited, .. } = stored.columns;
    let is_time = |ms: i64| Timestamp::from_millis(ms).as_millis() == ms;
    Ok(is_time(at)
        && edited.is_none_or(is_time)
        && refers_to.is_none_or(|number| number >= 0)
        && row.get::<_, Kind>(3).is_ok()
        && stored.is_right())
}

#[cfg(test)]
mod tests {
    use crate::{
        Page, Writer, check, delete_unsound,
        fixture::{History, RUST, TEA},
        forget_pending, index_pending, page,
    };

    fn problems(change: &str) -> Vec<String> {
        let mut history = History::new();
        for n in 0..5 {
            history.say(RUST, &format!("message {n}"));
            history.say(TEA, "thé");
        }
        index_pending(&mut history.connection, 8).unwrap();
        history.connection.execute_batch(change).unwrap();
        check(&history.connection).unwrap()
    }

    #[test]
    fn what_was_put_in_is_sound() {
        assert!(problems("").is_empty());
    }

    #[test]
    fn what_is_being_forgotten_is_sound() {
        let mut history = History::new();
        for n in 0..9 {
            history.say(RUST, &format!("message {n}"));
        }
        let transaction = history.connection.transaction().unwrap();
        Writer::new(&transaction).unwrap().forget(RUST).unwrap();
        transaction.commit().unwrap();
        while forget_pending(&mut history.connection, 1).unwrap() {
            assert!(check(&history.connection).unwrap().is_empty());
        }
    }

    #[test]
    fn what_has_changed_can_be_deleted() {
        let mut history = History::new();
        for n in 0..5 {
            history.say(RUST, &format!("message {n}"));
        }
        let change = "UPDATE messages SET text = 'other' WHERE id IN (2, 4)";
        history.connection.execute_batch(change).unwrap();
        assert_eq!(delete_unsound(&history.connection).unwrap(), 2);
        assert!(check(&history.connection).unwrap().is_empty());
        let left = page(&history.connection, RUST, Page::Latest { after: None }, 9).unwrap();
        assert_eq!(left.iter().map(|message| message.id.0).collect::<Vec<_>>(), [1, 3, 5]);
    }

    #[test]
    fn what_has_changed_is_named() {
        for text in ["CAST(x'68ff6c6c6f' AS TEXT)", "CAST(x'680065' AS TEXT)"] {
            let change = format!("UPDATE messages SET text = {text} WHERE id < 4");
            assert_eq!(problems(&change), ["3 messages have turned into something else"]);
        }
        assert_eq!(
            problems("UPDATE messages SET text = replace(text, 'e', 'a') WHERE id IN (1, 3)"),
            ["2 messages have turned into something else"]
        );
        assert!(problems("UPDATE messages SET at = at + 1, sum = NULL").is_empty());
        for change in [
            "kind = 'PRIVMSF'",
            "at = 9223372036854775807",
            "source = CAST(x'ff' AS TEXT)",
            "refers_to = 1",
            "edited = 1",
        ] {
            let change = format!("UPDATE messages SET {change} WHERE id = 2");
            assert_eq!(problems(&change), ["1 messages have turned into something else"]);
        }
        assert_eq!(
            problems("DELETE FROM message_places WHERE id < 3"),
            ["2 messages are missing from the index of their room"]
        );
        assert_eq!(
            problems("DELETE FROM messages WHERE id = 3"),
            ["the index of rooms has 1 places without a message"]
        );
    }
}
