//! Adds and deletes messages within a transaction that the caller commits.
//!
//! Appending does not index, because that costs more and can wait (`index.rs`).

use parla_proto::Timestamp;
use rusqlite::{CachedStatement, Transaction, params};

use crate::{
    ConversationId, HistoryError, Message, MessageNumber,
    checksum::Columns,
    index::{self, last_indexed},
    message::{cuts_text, row_id},
    references::referred,
};

const INSERT: &str =
    "INSERT INTO messages(id, conversation, at, kind, source, account, text, tags, cuts, sum, refers_to, edited)
    VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT(id) DO NOTHING";

/// Adds messages to the history and deletes them, within one transaction. Create one for each batch, not for
/// each message.
pub struct Writer<'t> {
    pub(crate) transaction: &'t Transaction<'t>,
    insert: CachedStatement<'t>,
    /// Up to which message the indexes went at the start. It cannot change meanwhile, because only this
    /// transaction could do that.
    last_indexed: i64,
}

impl<'t> Writer<'t> {
    /// A writer whose work is stored when `transaction` is committed.
    ///
    /// # Errors
    /// SQLite refuses: the tables do not exist (see [`prepare`](crate::prepare)), or the file cannot be read.
    pub fn new(transaction: &'t Transaction<'_>) -> Result<Self, HistoryError> {
        let insert = transaction.prepare_cached(INSERT)?;
        Ok(Self { transaction, insert, last_indexed: last_indexed(transaction)? })
    }

    /// Appends a message and returns whether it is new. If its id is already stored, nothing changes,
    /// whatever the message says: a client may receive the same message several times.
    ///
    /// # Errors
    /// The id is too large for SQLite, or SQLite refuses.
    pub fn append(&mut self, message: &Message) -> Result<bool, HistoryError> {
        let id = row_id(message.id)?;
        let cuts = cuts_text(&message.cuts);
        let columns = Columns {
            numbers: [id, message.conversation.0, message.at.as_millis()],
            texts: [
                Some(message.kind.as_str()),
                Some(&message.source),
                message.account.as_deref(),
                Some(&message.text),
                message.tags.as_deref(),
                cuts.as_deref(),
            ]
            .map(|text| text.map(str::as_bytes)),
            refers_to: match message.refers_to {
                Some(number) => referred(self.transaction, message.conversation, number)?,
                None => None,
            },
            edited: message.edited.map(Timestamp::as_millis),
        };
        let new = self.insert.execute(params![
            id,
            message.conversation,
            message.at.as_millis(),
            message.kind,
            message.source,
            message.account,
            message.text,
            message.tags,
            cuts,
            columns.checksum(),
            columns.refers_to,
            columns.edited,
        ])? == 1;
        if new && id <= self.last_indexed {
            // A client fetched old history, and indexing has already passed this id.
            index::add(self.transaction, id, message.conversation, &message.text)?;
        }
        Ok(new)
    }

    /// Deletes a message from the table and from the indexes, and returns whether it existed.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn delete(&mut self, conversation: ConversationId, id: MessageNumber) -> Result<bool, HistoryError> {
        let Some(message) = crate::message(self.transaction, conversation, id)? else { return Ok(false) };
        let id = row_id(id)?;
        if id <= self.last_indexed {
            index::remove(self.transaction, id, conversation, &message.text)?;
        }
        self.transaction.prepare_cached("DELETE FROM messages WHERE id = ?1")?.execute([id])?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use parla_proto::Timestamp;

    use crate::{
        Durability, HistoryError, Kind, Message, MessageNumber, Page, Writer,
        fixture::{History, RUST, TEA},
        index_pending, message, open, page,
    };

    #[test]
    fn a_message_comes_back_as_it_was() {
        let mut history = History::new();
        let kept = Message {
            kind: Kind::Notice,
            account: Some("alice".to_owned()),
            tags: Some("+draft/reply=m7;+x=\\s".to_owned()),
            cuts: vec![3, 6],
            edited: Some(Timestamp::from_millis(1_700_000_000_500)),
            ..history.said(RUST, "naïve 🎉 \u{1}ACTION waves\u{1}")
        };
        assert!(history.append(&kept));
        assert_eq!(page(&history.connection, RUST, Page::Latest { after: None }, 1).unwrap(), [kept]);
    }

    #[test]
    fn the_same_message_twice_is_kept_once() {
        let mut history = History::new();
        let first = history.said(RUST, "hello");
        assert!(history.append(&first));
        assert!(!history.append(&first));
        assert!(!history.append(&Message { text: "forged".to_owned(), ..first.clone() }));
        assert_eq!(page(&history.connection, RUST, Page::Latest { after: None }, 9).unwrap(), [first]);
    }

    #[test]
    fn what_is_not_committed_is_not_kept() {
        let mut history = History::new();
        let hello = history.said(RUST, "hello");
        let transaction = history.connection.transaction().unwrap();
        assert!(Writer::new(&transaction).unwrap().append(&hello).unwrap());
        transaction.rollback().unwrap();
        assert_eq!(message(&history.connection, RUST, hello.id).unwrap(), None);
    }

    #[test]
    fn a_message_is_deleted_once_and_in_its_own_conversation() {
        let mut history = History::new();
        let id = history.say(RUST, "hello");
        assert!(!history.delete(TEA, id));
        assert!(history.delete(RUST, id));
        assert!(!history.delete(RUST, id));
        assert_eq!(message(&history.connection, RUST, id).unwrap(), None);
    }

    #[test]
    fn a_deleted_text_is_not_left_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("parla.db");
        let mut history = History::on(open(&path, Durability::Os).unwrap());
        let secret = history.say(RUST, "xylophone");
        index_pending(&mut history.connection, 1).unwrap();
        let in_file = |history: &History| {
            history.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
            std::fs::read(&path).unwrap().windows(9).filter(|bytes| bytes == b"xylophone").count()
        };
        assert_eq!(in_file(&history), 2, "in the table and in the index");
        assert!(history.delete(RUST, secret));
        assert_eq!(in_file(&history), 0);
    }

    #[test]
    fn an_id_that_sqlite_cannot_hold_is_refused() {
        let mut history = History::new();
        let id = MessageNumber(u64::MAX);
        let huge = Message { id, ..history.said(RUST, "hello") };
        let transaction = history.connection.transaction().unwrap();
        let mut writer = Writer::new(&transaction).unwrap();
        assert!(matches!(writer.append(&huge), Err(HistoryError::NumberTooLarge(found)) if found == id));
        assert!(!writer.delete(RUST, id).unwrap());
    }
}
