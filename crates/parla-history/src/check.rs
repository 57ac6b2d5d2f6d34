//! Looks whether the tables hold what was put into them, where SQLite cannot know: texts that are none any more, and messages
//! that no index leads to.
//!
//! A letter that became another letter is not noticed. The full-text index is checked by SQLite's own `quick_check`.

use parla_proto::Timestamp;
use rusqlite::{Connection, Row, types::ValueRef};

use crate::{HistoryError, Kind, index::last_indexed};

/// What is wrong, a sentence each; nothing if all is well. Reads every message: a million take a second or two.
///
/// # Errors
/// SQLite cannot read on, or was interrupted.
pub fn check(connection: &Connection) -> Result<Vec<String>, HistoryError> {
    let mut problems = Vec::new();
    let mut unreadable = 0_u64;
    let mut statement =
        connection.prepare("SELECT at, kind, source, text, account, tags, cuts FROM messages ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        unreadable += u64::from(!is_sound(row)?);
    }
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

fn count(connection: &Connection, sql: &str, last: i64) -> Result<i64, HistoryError> {
    Ok(connection.query_row(sql, [last], |row| row.get(0))?)
}

/// Whether a row is one that this crate could have written.
fn is_sound(row: &Row<'_>) -> Result<bool, HistoryError> {
    let is_text = |value: ValueRef<'_>| match value {
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).is_ok_and(|text| !text.contains(['\0', '\r'])),
        ValueRef::Null => true,
        _ => false,
    };
    let mut is_sound =
        matches!(row.get_ref(0)?, ValueRef::Integer(at) if Timestamp::from_millis(at).as_millis() == at);
    is_sound &= row.get::<_, Kind>(1).is_ok();
    for column in 2..=6 {
        is_sound &= is_text(row.get_ref(column)?);
    }
    Ok(is_sound)
}

#[cfg(test)]
mod tests {
    use crate::{
        check,
        fixture::{History, RUST, TEA},
        index_pending,
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
    fn what_has_changed_is_named() {
        for text in ["CAST(x'68ff6c6c6f' AS TEXT)", "CAST(x'680065' AS TEXT)"] {
            let change = format!("UPDATE messages SET text = {text} WHERE id < 4");
            assert_eq!(problems(&change), ["3 messages have turned into something else"]);
        }
        for change in ["kind = 'PRIVMSF'", "at = 9223372036854775807", "source = CAST(x'ff' AS TEXT)"] {
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
