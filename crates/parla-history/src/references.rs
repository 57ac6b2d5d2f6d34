//! Which message another one replies or reacts to. The owner of the file interprets its tags.

use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::{
    ConversationId, MessageNumber,
    checksum::{Columns, StoredRow, row_columns},
    message::{is_there, row_position},
};

/// The row that a message of this conversation refers to; `None` if there is no such row in the same
/// conversation.
pub(crate) fn referred(
    connection: &Connection,
    conversation: ConversationId,
    number: MessageNumber,
) -> Result<Option<i64>, rusqlite::Error> {
    let sql =
        concat!("SELECT m.id FROM messages m WHERE m.id = ?1 AND m.conversation = ?2 AND ", is_there!());
    let row = (row_position(number), conversation);
    connection.prepare_cached(sql)?.query_row(row, |row| row.get(0)).optional()
}

/// Fills in `refers_to` for messages that were stored before the column existed. `number_of` interprets the
/// tags of a message in their wire form. Returns how many rows it filled; repeating it changes nothing.
///
/// A damaged row is left as it is, so that its checksum still shows the damage. It takes some seconds for a
/// million messages of which every tenth is a reply.
///
/// # Errors
/// SQLite refuses.
pub fn fill_references(
    transaction: &Transaction<'_>,
    number_of: impl Fn(&str) -> Option<MessageNumber>,
) -> Result<usize, rusqlite::Error> {
    let mut statement = transaction.prepare(concat!(
        "SELECT ",
        row_columns!(),
        " FROM messages WHERE tags IS NOT NULL AND refers_to IS NULL ORDER BY id"
    ))?;
    let mut update = transaction.prepare("UPDATE messages SET refers_to = ?2, sum = ?3 WHERE id = ?1")?;
    let mut rows = statement.query([])?;
    let mut filled = 0;
    while let Some(row) = rows.next()? {
        let Some(stored) = StoredRow::from_row(row)?.filter(StoredRow::is_right) else { continue };
        let [id, conversation, _] = stored.columns.numbers;
        let Some(number) = number_of(row.get_ref(7)?.as_str().map_err(rusqlite::Error::from)?) else {
            continue;
        };
        let Some(referred) = referred(transaction, ConversationId(conversation), number)? else { continue };
        let columns = Columns { refers_to: Some(referred), ..stored.columns };
        // A row without a checksum gets none, because nobody knows whether it is intact.
        let checksum = stored.checksum.map(|_| columns.checksum());
        update.execute((id, referred, checksum))?;
        filled += 1;
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use crate::{
        Message, MessageNumber, check, fill_references,
        fixture::{History, RUST, TEA},
        message,
    };

    fn read(tags: &str) -> Option<MessageNumber> {
        tags.strip_prefix("+draft/reply=")?.parse().ok().map(MessageNumber)
    }

    fn refers_to(history: &History, id: u64) -> Option<u64> {
        let found = message(&history.connection, RUST, MessageNumber(id)).unwrap().unwrap();
        found.refers_to.map(|number| number.0)
    }

    #[test]
    fn a_message_refers_only_to_one_of_its_own_conversation() {
        let mut history = History::new();
        let (here, there) = (history.say(RUST, "one"), history.say(TEA, "two"));
        for (number, expected) in [(here, Some(here.0)), (there, None), (MessageNumber(99), None)] {
            let answer = Message { refers_to: Some(number), ..history.said(RUST, "answer") };
            assert!(history.append(&answer));
            assert_eq!(refers_to(&history, answer.id.0), expected);
        }
        assert!(check(&history.connection).unwrap().is_empty());
    }

    #[test]
    fn what_was_kept_before_is_filled_once_and_stays_sound() {
        let mut history = History::new();
        history.say(RUST, "one");
        history.say(TEA, "two");
        for tags in [
            "+draft/reply=1",
            "+draft/reply=2",
            "+draft/reply=99",
            "+x=1",
            "+draft/reply=1",
            "+draft/reply=1",
        ] {
            let answer = Message { tags: Some(tags.to_owned()), ..history.said(RUST, "answer") };
            history.append(&answer);
        }
        // One row is damaged, and one was written before checksums were introduced.
        let change =
            "UPDATE messages SET text = 'other' WHERE id = 7; UPDATE messages SET sum = NULL WHERE id = 8";
        history.connection.execute_batch(change).unwrap();
        for filled in [2, 0] {
            let transaction = history.connection.transaction().unwrap();
            assert_eq!(fill_references(&transaction, read).unwrap(), filled);
            transaction.commit().unwrap();
            let found: Vec<_> = (3..=8).map(|id| refers_to(&history, id)).collect();
            assert_eq!(found, [Some(1), None, None, None, None, Some(1)]);
            assert_eq!(check(&history.connection).unwrap(), ["1 messages have turned into something else"]);
        }
    }

    #[test]
    fn only_what_refers_to_something_is_in_the_index() {
        let mut history = History::new();
        let first = history.say(RUST, "one");
        let answer = Message { refers_to: Some(first), ..history.said(RUST, "answer") };
        history.append(&answer);
        let sql = "EXPLAIN QUERY PLAN SELECT id FROM messages WHERE refers_to = 1";
        let plan: String = history.connection.query_row(sql, [], |row| row.get(3)).unwrap();
        assert!(plan.contains("INDEX messages_refers_to"), "{plan}");
        assert!(history.delete(RUST, answer.id));
        assert!(check(&history.connection).unwrap().is_empty());
    }
}
