//! A message with everything that it can have besides its text: its audience, the message that it answers,
//! reactions, and whether it was deleted.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::RowId;
use crate::{
    problem::Problem,
    rank::Rank,
    text::{Hue, Text, hue, shown_name},
};

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageView {
    /// The msgid. `None` before the server has confirmed the message, and on servers without msgids.
    pub msgid: Option<Arc<str>>,
    /// The sender, as they were known when they sent it.
    pub author: Author,
    /// Whether it is a message, a notice or an action.
    pub manner: Manner,
    /// The text of the message.
    pub text: Text,
    /// Whether it mentions the person.
    pub mention: bool,
    /// The state of delivery; only the person's own messages can be anything but delivered.
    pub delivery: Delivery,
    /// The members who can read it; `None` if all can.
    pub audience: Option<Audience>,
    /// The message that it answers.
    pub reply: Option<Arc<Reply>>,
    /// The reactions to it, in the order in which each first appeared.
    pub reactions: Arc<[Reaction]>,
    /// Present if it was deleted; then nothing of its text is here.
    pub deleted: Option<Arc<Deleted>>,
}

impl MessageView {
    /// A message from somebody else to everyone in the room, with nothing special about it. `nick` is as the
    /// server knows it.
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

    /// Whether it has the same text by the same person.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        self.author.nick == other.author.nick && self.text.plain == other.text.plain
    }
}

/// The sender of a message, as they were known at the time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The nick as it is shown.
    pub nick: Arc<str>,
    /// The account that they were logged in to, as it is shown. `None` if they were not logged in, and on
    /// servers that do not tell.
    pub account: Option<Arc<str>>,
    /// The display name, if it differs from the nick. It proves nothing, so the nick is shown beside it.
    pub called: Option<Arc<str>>,
    /// The colour of the nick.
    pub hue: Hue,
    /// Whether this is the person themselves.
    pub own: bool,
    /// Whether this is a bot.
    pub bot: bool,
}

impl Author {
    /// Somebody else of whom only the nick is known, as the server knows it.
    pub fn new(nick: &str) -> Self {
        Self { nick: shown_name(nick), account: None, called: None, hue: hue(nick), own: false, bot: false }
    }
}

/// The kinds of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// An ordinary message, as PRIVMSG sends it.
    #[default]
    Message,
    /// A message from a program, or one that programs must not answer.
    Notice,
    /// An action in the third person: `/me waves`.
    Action,
}

/// The state of delivery of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Delivery {
    /// The server has it, and so has everyone in the room.
    Done,
    /// It waits for the connection.
    Queued,
    /// It was sent, and the server has not confirmed it.
    Sent,
    /// As far as we know, it was not delivered.
    Failed(Arc<Problem>),
}

/// The members of a room who may read a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// The lowest rank that can read it.
    pub rank: Rank,
    /// The prefix of the room's name that addresses them.
    pub sign: char,
}

impl Audience {
    /// The members whom a prefix before a channel's name addresses.
    pub const fn of(sign: char) -> Self {
        Self { rank: Rank::of_sign(sign), sign }
    }
}

/// The message that another one answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The msgid of the answered message.
    pub to: Arc<str>,
    /// The answered message, if it is here and was not deleted.
    pub quoted: Option<Quoted>,
}

/// A short form of a message that was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quoted {
    /// The row of the message.
    pub row: RowId,
    /// The sender's nick, as it is shown.
    pub from: Arc<str>,
    /// The first words of the text, in one line.
    pub words: Arc<str>,
}

/// One reaction to a message, with everybody who gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// An emoji or a few letters.
    pub text: Arc<str>,
    /// The nicks of those who gave it, as they are shown, the earliest first.
    pub by: Arc<[Arc<str>]>,
    /// Whether the person is one of them.
    pub own: bool,
}

/// How a message was deleted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deleted {
    /// The nick of whoever deleted it, as it is shown.
    pub by: Arc<str>,
    /// Whether the person deleted it.
    pub own: bool,
    /// The reason, if one was given.
    pub reason: Option<Text>,
}

/// How much one message can hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    /// The bytes of one line; 0 if that is not known.
    pub line_bytes: usize,
    /// The limits of a message of several lines, if the server supports those.
    pub several: Option<Several>,
}

/// The limits of a message of several lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Several {
    /// The bytes of all lines and of the line breaks between them.
    pub bytes: usize,
    /// The number of lines as they are sent, where a long one counts as several.
    pub lines: usize,
}

impl Several {
    /// Parses the value of the capability. `None` if a required part is missing, or if it leaves no room for
    /// text.
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
