//! One message as it is kept, and its row.

use parla_proto::Timestamp;
use rusqlite::{
    Row, ToSql,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef},
};

use crate::HistoryError;

/// The conversation a message belongs to. Whoever owns the file chooses the numbers: `parlad` one for a channel or a pair
/// of people, the desktop app one for a buffer of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversationId(pub i64);

/// The number of a message. What clients are told in its place is up to whoever owns the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageNumber(pub u64);

/// The command that carried the message.
///
/// Kept as IRC's own word, not a number: people read the file, and a new kind needs no migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Said by a person.
    Privmsg,
    /// Said by a program, or not to be answered by one.
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

/// A message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Unique in the file; in a conversation, a later message has a larger one.
    pub id: MessageNumber,
    /// Where it was said.
    pub conversation: ConversationId,
    /// When it was said.
    pub at: Timestamp,
    /// By which command.
    pub kind: Kind,
    /// By whom, at the time: `nick!user@host`.
    pub source: String,
    /// The account of who said it, if logged in.
    pub account: Option<String>,
    /// What was said. A message of several lines has line feeds.
    pub text: String,
    /// Client-only tags as on the wire, without the `@`: `+draft/reply=m7;+x=y`.
    pub tags: Option<String>,
    /// Where its sender had to cut a line that was too long: bytes of the text before each cut, rising.
    pub cuts: Vec<u32>,
    /// The message that it answers or reacts to. Kept only if that one is in the same conversation.
    pub refers_to: Option<MessageNumber>,
    /// When the text was last edited.
    pub edited: Option<Timestamp>,
}

/// The columns that [`Message::from_row`] reads, in its order, of a table that the query names `m`.
macro_rules! columns {
    () => {
        "m.id, m.conversation, m.at, m.kind, m.source, m.account, m.text, m.tags, m.cuts, m.refers_to, m.edited"
    };
}
pub(crate) use columns;

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

/// Cuts as a row holds them; none: NULL.
pub(crate) fn cuts_text(cuts: &[u32]) -> Option<String> {
    let numbers: Vec<String> = cuts.iter().map(u32::to_string).collect();
    Some(numbers.join(",")).filter(|text| !text.is_empty())
}

/// Reads [`cuts_text`]. What is no number is no cut: the text is whole without it.
fn cuts(text: &str) -> Vec<u32> {
    text.split(',').filter_map(|number| number.parse().ok()).collect()
}

/// The key of the row that holds the message `id`.
///
/// # Errors
/// SQLite has no room for so large a number, or for the one after it.
pub(crate) fn row_id(id: MessageNumber) -> Result<i64, HistoryError> {
    i64::try_from(id.0).ok().filter(|row| *row < i64::MAX).ok_or(HistoryError::IdTooLarge(id))
}

/// As [`row_id`], for an id that is only looked for: what is too large lies behind every row.
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
