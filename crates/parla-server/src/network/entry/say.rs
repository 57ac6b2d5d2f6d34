//! A message in an entry: where it goes, and what it says.

use parla_proto::{ChannelName, CommandName, Nick};
use serde::{Deserialize, Serialize};

/// What is sent from one to many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verb {
    /// PRIVMSG
    Privmsg,
    /// NOTICE; the sender is never told of an error.
    Notice,
    /// TAGMSG; there is no text.
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

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        self.command().as_str()
    }
}

/// A message to one target.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Say {
    /// Where to, or to whom.
    pub target: SayTarget,
    /// What is said.
    pub content: Content,
}

/// Where a message goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SayTarget {
    /// To the members of a channel.
    Channel {
        /// Which.
        name: ChannelName,
        /// The signs of the ranks that are meant, as they stood before the name; empty: everyone is meant.
        signs: String,
    },
    /// To one user.
    User(Nick),
}

/// What a message says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Content {
    /// Which of the three.
    pub verb: Verb,
    /// Empty for TAGMSG only; with line feeds if it has several lines.
    pub text: String,
    /// Client-only tags as on the wire.
    pub tags: String,
    /// Where a line was cut, as in [`Spoken`](crate::Spoken).
    pub cuts: Vec<u32>,
}
