//! A message, with all that it can have besides its words: for whom it is, what it answers, how people reacted, that it was
//! taken back.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::RowId;
use crate::{
    problem::Problem,
    rank::Rank,
    text::{Hue, Text, hue, shown_name},
};

/// Something that somebody said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// The server's id of it. None before the server has confirmed it, and on servers that give none.
    pub msgid: Option<Arc<str>>,
    /// Who said it.
    pub author: Author,
    /// By which kind of message.
    pub manner: Manner,
    /// What was said.
    pub text: Text,
    /// It names the person.
    pub mention: bool,
    /// Where it is on its way; only one's own are ever on their way.
    pub delivery: Delivery,
    /// Only these people of the room read it; none if all do.
    pub audience: Option<Audience>,
    /// What it answers.
    pub reply: Option<Arc<Reply>>,
    /// How people reacted to it, the first kind first.
    pub reactions: Arc<[Reaction]>,
    /// It was taken back. Nothing of what was said is here then.
    pub deleted: Option<Arc<Deleted>>,
}

impl Said {
    /// A message that somebody else has said to everyone in the room, with nothing special about it. `nick` as the server
    /// knows it.
    pub fn new(manner: Manner, nick: &str, text: Text) -> Self {
        Self::by(Author::new(nick), manner, text)
    }

    /// A message to everyone in the room, with nothing special about it.
    pub fn by(author: Author, manner: Manner, text: Text) -> Self {
        Self {
            msgid: None,
            author,
            manner,
            text,
            mention: false,
            delivery: Delivery::Done,
            audience: None,
            reply: None,
            reactions: Arc::default(),
            deleted: None,
        }
    }
}

/// Who said something, as it was known then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The nick as it is shown.
    pub nick: Arc<str>,
    /// The account that they were logged in to, as it is shown. None if they were logged in to none, and on servers that do not
    /// tell.
    pub account: Option<Arc<str>>,
    /// The display name, if it is another than the nick. It proves nothing, so the nick is shown beside it.
    pub called: Option<Arc<str>>,
    /// The colour of the nick.
    pub hue: Hue,
    /// The person themself.
    pub own: bool,
    /// A program.
    pub bot: bool,
}

impl Author {
    /// Somebody else of whom nothing is known but the nick, as the server knows it.
    pub fn new(nick: &str) -> Self {
        Self { nick: shown_name(nick), account: None, called: None, hue: hue(nick), own: false, bot: false }
    }
}

/// How something was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// Plainly.
    #[default]
    Message,
    /// By a program, or not to be answered by one.
    Notice,
    /// In the third person: `/me waves`.
    Action,
}

/// Where a message is on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Delivery {
    /// The server has it. So has everyone in the room.
    Done,
    /// Waits for the connection.
    Queued,
    /// Sent; the server has not said that it has it.
    Sent,
    /// It did not get through, as far as one can know.
    Failed(Arc<Problem>),
}

/// Of the people in a room those who may read something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// People of this rank and higher.
    pub rank: Rank,
    /// The sign that stands before the room's name to reach them.
    pub sign: char,
}

impl Audience {
    /// The people whom a sign before the name of a room means.
    pub const fn of(sign: char) -> Self {
        Self { rank: Rank::of_sign(sign), sign }
    }
}

/// What a message answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The server's id of the other message.
    pub to: Arc<str>,
    /// The other message, if it is here and was not taken back.
    pub quoted: Option<Quoted>,
}

/// A message that was answered, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quoted {
    /// Where it is.
    pub row: RowId,
    /// The nick of who said it, as it is shown.
    pub from: Arc<str>,
    /// Its first words, in one line.
    pub words: Arc<str>,
}

/// One kind of reaction to a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// An emoji or a few letters.
    pub text: Arc<str>,
    /// The nicks of those who reacted so, as they are shown; the first came first.
    pub by: Arc<[Arc<str>]>,
    /// The person is one of them.
    pub own: bool,
}

/// How a message was taken back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deleted {
    /// By whom, as it is shown.
    pub by: Arc<str>,
    /// By the person.
    pub own: bool,
    /// Why, if that was said.
    pub reason: Option<Text>,
}

/// What one message may hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carries {
    /// Bytes of one line; 0 if nothing is known.
    pub line_bytes: usize,
    /// Several lines, if the server can have them in one message.
    pub several: Option<Several>,
}

/// What one message of several lines may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
