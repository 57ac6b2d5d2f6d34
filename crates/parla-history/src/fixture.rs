//! A small history, for the tests of this crate.

use parla_proto::Timestamp;
use rusqlite::Connection;

use crate::{ConversationId, Kind, Message, MessageNumber, Writer, open_in_memory, prepare};

pub(crate) const RUST: ConversationId = ConversationId(1);
pub(crate) const TEA: ConversationId = ConversationId(12);

/// A history whose messages are numbered from 1 and sent one second apart.
pub(crate) struct History {
    pub(crate) connection: Connection,
    last: u64,
}

impl History {
    pub(crate) fn new() -> Self {
        Self::on(open_in_memory().unwrap())
    }

    pub(crate) fn on(mut connection: Connection) -> Self {
        prepare(&mut connection).unwrap();
        Self { connection, last: 0 }
    }

    /// The next message, which is not stored yet.
    pub(crate) fn said(&mut self, conversation: ConversationId, text: &str) -> Message {
        self.last += 1;
        Message {
            id: MessageNumber(self.last),
            conversation,
            at: Timestamp::from_millis(1_700_000_000_000 + i64::try_from(self.last).unwrap() * 1000),
            kind: Kind::Privmsg,
            source: "alice!alice@host".to_owned(),
            account: None,
            text: text.to_owned(),
            tags: None,
            cuts: Vec::new(),
            refers_to: None,
            edited: None,
        }
    }

    pub(crate) fn say(&mut self, conversation: ConversationId, text: &str) -> MessageNumber {
        let message = self.said(conversation, text);
        assert!(self.append(&message));
        message.id
    }

    pub(crate) fn append(&mut self, message: &Message) -> bool {
        let transaction = self.connection.transaction().unwrap();
        let new = Writer::new(&transaction).unwrap().append(message).unwrap();
        transaction.commit().unwrap();
        new
    }

    pub(crate) fn delete(&mut self, conversation: ConversationId, id: MessageNumber) -> bool {
        let transaction = self.connection.transaction().unwrap();
        let deleted = Writer::new(&transaction).unwrap().delete(conversation, id).unwrap();
        transaction.commit().unwrap();
        deleted
    }
}
