//! What a message can have besides its words: for whom it is, what it answers, how people reacted, that it was taken back.

use std::sync::Arc;

use super::{Rank, RowId};
use crate::{members::rank, text::Text};

/// Of the people in a room those who may read something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Audience {
    /// People of this rank and higher.
    pub rank: Rank,
    /// The sign that stands before the room's name to reach them.
    pub sign: char,
}

impl Audience {
    /// The people whom a sign before the name of a room means.
    pub const fn of(sign: char) -> Self {
        Self { rank: rank(sign), sign }
    }
}

/// What a message answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The server's id of the other message.
    pub to: Arc<str>,
    /// The other message, if it is here and was not taken back.
    pub quoted: Option<Quoted>,
}

/// A message that was answered, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoted {
    /// Where it is.
    pub row: RowId,
    /// The nick of who said it, as it is shown.
    pub from: Arc<str>,
    /// Its first words, in one line.
    pub words: Arc<str>,
}

/// One kind of reaction to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// An emoji or a few letters.
    pub text: Arc<str>,
    /// The nicks of those who reacted so, as they are shown; the first came first.
    pub by: Arc<[Arc<str>]>,
    /// The person is one of them.
    pub own: bool,
}

/// How a message was taken back.
#[derive(Clone, Debug, PartialEq)]
pub struct Deleted {
    /// By whom, as it is shown.
    pub by: Arc<str>,
    /// By the person.
    pub own: bool,
    /// Why, if that was said.
    pub reason: Option<Text>,
}

/// What one message may hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carries {
    /// Bytes of one line; 0 if nothing is known.
    pub line_bytes: usize,
    /// Several lines, if the server can have them in one message.
    pub several: Option<Several>,
}

/// What one message of several lines may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Several {
    /// Bytes of all lines and of the breaks between them.
    pub bytes: usize,
    /// Lines as they are sent: a long one counts as several.
    pub lines: usize,
}

impl Several {
    /// Reads the value of the capability. None if it lacks what must be there, or leaves no room.
    pub(crate) fn of(value: &str) -> Option<Self> {
        let number = |key: &str| {
            let values = value.split(',').filter_map(|token| token.split_once('='));
            values.filter(|(name, _)| *name == key).find_map(|(_, number)| number.parse::<usize>().ok())
        };
        let bytes = number("max-bytes")?;
        let lines = number("max-lines").unwrap_or(usize::MAX);
        (bytes > 1 && lines > 1).then_some(Self { bytes, lines })
    }
}
