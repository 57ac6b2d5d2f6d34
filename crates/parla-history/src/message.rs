//! A stored message, and its row.

use parla_proto::Timestamp;
use rusqlite::{
    Row, ToSql,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef},
};

use crate::HistoryError;

/// The conversation that a message belongs to. The owner of the file chooses the numbers: `parlad` has one
/// for each channel or pair of accounts, and the desktop app one for each buffer of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversationId(pub i64);

/// The number of a message. It is up to the owner of the file what clients are told in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageNumber(pub u64);

/// The command that carried the message.
///
/// It is stored as IRC's own word rather than a number, because people read the file, and so that a new kind
/// needs no migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An ordinary message.
    Privmsg,
    /// A message from a program, or one that programs must not answer.
    Notice,
}

impl Kind {
    /// `PRIVMSG` or `NOTICE`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Privmsg => "PRIVMSG",
            Self::Notice => "NOTICE",
        }
    }
}

/// A message in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The id, which is unique in the file. Within a conversation, later messages have larger ids.
    pub id: MessageNumber,
    /// The conversation that it was sent in.
    pub conversation: ConversationId,
    /// When it was sent.
    pub at: Timestamp,
    /// The command that sent it.
    pub kind: Kind,
    /// The sender at that time: `nick!user@host`.
    pub source: String,
    /// The sender's account, if they were logged in.
    pub account: Option<String>,
    /// The text. The lines of a multiline message are separated by line feeds.
    pub text: String,
    /// Client-only tags in their wire form, without the `@`: `+draft/reply=m7;+x=y`.
    pub tags: Option<String>,
    /// Where the sender had to cut lines that were too long: byte offsets into the text, in ascending order.
    pub cuts: Vec<u32>,
    /// The message that it replies or reacts to. It is stored only if that message is in the same
    /// conversation.
    pub refers_to: Option<MessageNumber>,
    /// When the text was last edited.
    pub edited: Option<Timestamp>,
}

/// The columns that [`Message::from_row`] reads, in its order, from a table that the query calls `m`.
macro_rules! columns {
    () => {
        "m.id, m.conversation, m.at, m.kind, m.source, m.account, m.text, m.tags, m.cuts, m.refers_to, m.edited"
    };
}
pub(crate) use columns;

/// Whether a message `m` is one that readers may find.
macro_rules! is_there {
    () => {
        "NOT EXISTS(SELECT 1 FROM conversations_forgotten f WHERE f.conversation = m.conversation)
        AND NOT EXISTS(SELECT 1 FROM messages_expired e
            WHERE e.conversation IN (0, m.conversation) AND m.at < e.before)"
    };
}
pub(crate) use is_there;

impl Message {
    /// Reads a row of [`columns!`].
    pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            conversation: row.get(1)?,
            at: Timestamp::from_millis(row.get(2)?),
            kind: row.get(3)?,
            source: row.get(4)?,
            account: row.get(5)?,
            text: row.get(6)?,
            tags: row.get(7)?,
            cuts: row.get::<_, Option<String>>(8)?.map_or_else(Vec::new, |text| cuts(&text)),
            refers_to: row.get(9)?,
            edited: row.get::<_, Option<i64>>(10)?.map(Timestamp::from_millis),
        })
    }
}

/// Cuts in the form of a column; `None` is stored as NULL.
pub(crate) fn cuts_text(cuts: &[u32]) -> Option<String> {
    let numbers: Vec<String> = cuts.iter().map(u32::to_string).collect();
    Some(numbers.join(",")).filter(|text| !text.is_empty())
}

/// Parses the form of [`cuts_text`]. Anything that is not a number is skipped; the text is complete without
/// it.
fn cuts(text: &str) -> Vec<u32> {
    text.split(',').filter_map(|number| number.parse().ok()).collect()
}

/// The row id of the message `id`.
///
/// # Errors
/// The number, or the one after it, is too large for SQLite.
pub(crate) fn row_id(id: MessageNumber) -> Result<i64, HistoryError> {
    i64::try_from(id.0).ok().filter(|row| *row < i64::MAX).ok_or(HistoryError::NumberTooLarge(id))
}

/// Like [`row_id`], but only for comparisons: an id that is too large comes after every row.
pub(crate) fn row_position(id: MessageNumber) -> i64 {
    i64::try_from(id.0).unwrap_or(i64::MAX)
}

impl ToSql for ConversationId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for ConversationId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(Self)
    }
}

impl FromSql for MessageNumber {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = i64::column_result(value)?;
        u64::try_from(number).map(Self).map_err(|_| FromSqlError::OutOfRange(number))
    }
}

impl ToSql for Kind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

impl FromSql for Kind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "PRIVMSG" => Ok(Self::Privmsg),
            "NOTICE" => Ok(Self::Notice),
            other => {
                Err(FromSqlError::Other(format!("messages.kind is {other:?}, not PRIVMSG or NOTICE").into()))
            }
        }
    }
}
