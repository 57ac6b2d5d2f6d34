//! A message in an entry: its destination and its content.

use parla_proto::{ChannelName, CommandName, Nick};
use serde::{Deserialize, Serialize};

/// The three commands that send a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verb {
    /// PRIVMSG.
    Privmsg,
    /// NOTICE, which is never answered with an error.
    Notice,
    /// TAGMSG, which has no text.
    Tagmsg,
}

impl Verb {
    /// The command that it is.
    pub const fn command(self) -> CommandName {
        match self {
            Self::Privmsg => CommandName::Privmsg,
            Self::Notice => CommandName::Notice,
            Self::Tagmsg => CommandName::Tagmsg,
        }
    }

    /// The command's word on the wire.
    pub const fn as_str(self) -> &'static str {
        self.command().as_str()
    }
}

/// A message to one target.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Say {
    /// Where it goes.
    pub target: SayTarget,
    /// What it says.
    pub content: Content,
}

/// The destination of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SayTarget {
    /// The members of a channel.
    Channel {
        /// The channel.
        name: ChannelName,
        /// The signs of the ranks that it is addressed to, as they preceded the name; empty for everyone.
        signs: String,
    },
    /// One user.
    User(Nick),
}

/// The content of a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Content {
    /// PRIVMSG, NOTICE or TAGMSG.
    pub verb: Verb,
    /// Empty only for TAGMSG. The lines of a multiline message are separated by line feeds.
    pub text: String,
    /// Client-only tags in their wire form.
    pub tags: String,
    /// Where lines were cut, as in [`Spoken`](crate::Spoken).
    pub cuts: Vec<u32>,
}
