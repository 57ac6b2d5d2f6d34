//! Slow work that the state machine leaves to the daemon: questions, and their answers.
//!
//! Each question has a number that no other one ever has, and its answer comes back with it. While the daemon works the server
//! goes on with others; of the session that waits no time-out runs. An exchange of several steps is several questions, one
//! after the other. If the session ends first, the server says [`crate::Output::Forget`], and drops an answer that comes anyway.

use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

use parla_proto::Timestamp;

use crate::{
    base::{
        connection::{ConnectionId, Gateway, Peer},
        secret::Secret,
        settings::Settings,
    },
    network::{change::Spoken, conversation::Conversation},
};

/// Names a question; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuestionId(u64);

impl QuestionId {
    /// The question of this number. Only tests number questions themselves.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// The session that waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asker {
    /// Its connection.
    pub connection: ConnectionId,
    /// Its real address. Whoever does the work is fair between addresses, and counts wrong passwords by them.
    pub address: IpAddr,
}

/// Something that takes longer than the server may stand still.
#[derive(Clone, Debug)]
pub enum Question {
    /// What the store has. Answered by [`Answer::Store`].
    Store(Query),
    /// Whether a password is the right one. Answered by [`Answer::Password`], after the same time whether there is such a
    /// password or not.
    Password {
        /// What it is compared with.
        of: PasswordOf,
        /// What was given.
        password: Secret,
    },
    /// Whether this is a gateway. Answered by [`Answer::Gateway`].
    Gateway(Box<Gateway>),
    /// To read the configuration again and check it whole. Answered by [`Answer::Configuration`].
    Configuration,
    /// To stop in order and start again. If that cannot be, answered by [`Answer::Configuration`] with what is wrong.
    Restart,
}

/// The answer to a [`Question`].
#[derive(Debug)]
pub enum Answer {
    /// The messages or channels; nothing if the store could not be read.
    Store(Option<QueryResult>),
    /// Whether the password is right.
    Password(Verdict),
    /// Who is there instead of the gateway, or what whoever it is must be told.
    Gateway(Result<Box<Peer>, String>),
    /// What the configuration says now; or what is wrong with it, a line each, and nothing changes.
    Configuration(Result<Box<Reconfiguration>, Vec<String>>),
}

/// A configuration that was read again and is good. What cannot change while the server runs stays as it is.
#[derive(Clone, Debug)]
pub struct Reconfiguration {
    /// What it says. Those of the machine count at once, those of the network by an entry.
    pub settings: Settings,
    /// What there is to know of it, a line each.
    pub notes: Vec<String>,
}

/// Which password something is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordOf {
    /// The server's, which PASS gives.
    Server,
    /// That of the operator of this name, whom there may not be.
    Operator(String),
}

/// What came of comparing a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the one that was wanted.
    Right,
    /// It is not, or there is nobody whose it could be.
    Wrong,
    /// Nobody looked at it.
    NotCompared(NotCompared),
}

/// Why a password was not looked at, in words for whoever gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotCompared {
    /// So many from this address were wrong that the next one has to wait.
    TooManyGuesses {
        /// How long, at least.
        wait: Duration,
    },
    /// There is no room for one more that waits.
    TooManyAtOnce,
}

impl fmt::Display for NotCompared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyGuesses { wait } => {
                let seconds = wait.as_millis().div_ceil(1000).max(1);
                let plural = if seconds == 1 { "" } else { "s" };
                write!(f, "Too many wrong passwords from your address; try again in {seconds} second{plural}")
            }
            Self::TooManyAtOnce => f.write_str("Too many passwords are being checked; try again in a minute"),
        }
    }
}

/// A position in the history of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// That of the message of this number, there or not.
    Message(u64),
    /// A time.
    Time(Timestamp),
}

/// A part of the history of a conversation, as draft/chathistory cuts it. Positions are not part of it, but for `Around`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The newest, after a position if one is given.
    Latest(Option<Position>),
    /// Those before.
    Before(Position),
    /// Those after.
    After(Position),
    /// Those before and after, and the one there. A message there must be one of the conversation.
    Around(Position),
    /// From the first towards the second, whichever is earlier.
    Between(Position, Position),
}

/// A question to the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// Messages of a conversation.
    History {
        /// Which.
        conversation: Conversation,
        /// Which part.
        page: Page,
        /// How many at most.
        limit: usize,
    },
    /// Whether a conversation has a message.
    Message {
        /// Which conversation.
        conversation: Conversation,
        /// The message's number.
        seq: u64,
    },
    /// When the last message of each of these conversations was sent.
    LatestTimes {
        /// Which.
        conversations: Vec<Conversation>,
    },
}

/// An answer of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryResult {
    /// To [`Query::History`]: from the oldest to the newest. `target` of each is left empty.
    History(Vec<Arc<Spoken>>),
    /// To [`Query::History`], of a page around a message that the conversation does not have.
    NoSuchMessage,
    /// To [`Query::Message`].
    IsThere(bool),
    /// To [`Query::LatestTimes`]: in the order of the question; none where there is no message.
    LatestTimes(Vec<Option<Timestamp>>),
}
