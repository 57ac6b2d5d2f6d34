//! Slow work that the state machine leaves to the daemon, as questions and answers.
//!
//! Each question has a number that is never reused, and its answer carries it. While the daemon works, the
//! server goes on with other sessions, and no time-out runs for the session that waits. An exchange of
//! several steps is several questions, one after the other. If the session ends first, the server says
//! [`crate::Output::Forget`] and drops an answer that still comes.

use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

use parla_proto::Timestamp;

use crate::{
    base::{
        connection::{ConnectionId, Gateway, Peer},
        secret::Secret,
        settings::Settings,
    },
    network::{account::PasswordProof, change::Spoken, conversation::Conversation, floor::Floor},
};

/// Identifies a question; never reused.
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
    /// Its real address, by which the daemon shares out the work fairly and counts wrong passwords.
    pub address: IpAddr,
}

/// Something that takes too long for the server to wait for it.
#[derive(Clone, Debug)]
pub enum Question {
    /// A query to the store. Answered by [`Answer::Store`].
    Store(Query),
    /// Whether a password is right. Answered by [`Answer::Password`], which takes the same time whether or
    /// not there is such a password.
    Password {
        /// The password that it is compared with.
        of: PasswordOf,
        /// The password that was given.
        password: Secret,
    },
    /// What is to be kept of a new password. Answered by [`Answer::NewPassword`].
    NewPassword(Secret),
    /// A new app password. Answered by [`Answer::AppPassword`].
    AppPassword,
    /// A nonce for a client that wants to prove that it knows the password of this account, as it wrote the
    /// name. Answered by [`Answer::Nonce`].
    Nonce {
        /// The name, of an account that may not exist.
        account: String,
    },
    /// Whether a client is one of the configured gateways. Answered by [`Answer::Gateway`].
    Gateway(Box<Gateway>),
    /// Read the configuration again and check all of it. Answered by [`Answer::Configuration`].
    Configuration,
    /// Shut down in order and start again. If that is impossible, [`Answer::Configuration`] says what is
    /// wrong.
    Restart,
}

/// The answer to a [`Question`].
#[derive(Debug)]
pub enum Answer {
    /// The result of the query; `None` if the store could not be read.
    Store(Option<QueryResult>),
    /// Whether the password is right.
    Password(Verdict),
    /// What is to be kept of the password.
    NewPassword(Result<Box<PasswordProof>, NotCompared>),
    /// What [`AppPassword::password`](crate::AppPassword::password) makes of random bytes; or why the client must
    /// wait.
    AppPassword(Result<Secret, NotCompared>),
    /// Random printable characters without a comma; or why the client must wait.
    Nonce(Result<String, NotCompared>),
    /// The real peer behind the gateway, or the reason to give the client.
    Gateway(Result<Box<Peer>, String>),
    /// The new configuration; or what is wrong with it, in lines, in which case nothing changes.
    Configuration(Result<Box<Reconfiguration>, Vec<String>>),
}

/// A configuration that was read again and is valid. What cannot change while the server runs stays as it is.
#[derive(Clone, Debug)]
pub struct Reconfiguration {
    /// The new settings. Those of the machine take effect at once, those of the network by an entry.
    pub settings: Settings,
    /// Remarks for whoever asked, one line each.
    pub notes: Vec<String>,
}

/// Which password is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordOf {
    /// The server's own, which is sent with PASS.
    Server,
    /// That of the operator with this name, who may not exist.
    Operator(String),
    /// That of an account.
    Account {
        /// The name, as the client wrote it.
        name: String,
        /// What is kept of its password; `None` if there is no such account or it has none.
        hash: Option<Box<str>>,
    },
}

/// The result of comparing a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The password is right.
    Right,
    /// It is wrong, or nobody has that name.
    Wrong,
    /// It was not compared.
    NotCompared(NotCompared),
}

/// Why a password was not compared, worded for the person who gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotCompared {
    /// Too many wrong passwords came from this address, or for this account, so the next attempt has to wait.
    TooManyGuesses {
        /// How long to wait, at least.
        wait: Duration,
    },
    /// Too many other passwords are waiting to be compared.
    TooManyAtOnce,
}

impl fmt::Display for NotCompared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyGuesses { wait } => {
                let seconds = wait.as_millis().div_ceil(1000).max(1);
                let plural = if seconds == 1 { "" } else { "s" };
                write!(f, "Too many wrong passwords; try again in {seconds} second{plural}")
            }
            Self::TooManyAtOnce => f.write_str("Too many passwords are being checked; try again in a minute"),
        }
    }
}

/// A position in the history of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// The position of the message with this number, whether or not it exists.
    Message(u64),
    /// A time.
    Time(Timestamp),
}

/// A part of a conversation's history, as draft/chathistory defines it. The positions themselves are
/// excluded, except for `Around`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The newest messages, after the position if there is one.
    Latest(Option<Position>),
    /// The messages before the position.
    Before(Position),
    /// The messages after the position.
    After(Position),
    /// The messages before, at and after the position. If it is a message, it must be one of this
    /// conversation.
    Around(Position),
    /// From the first position towards the second, in either direction.
    Between(Position, Position),
}

/// A query to the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// Messages of a conversation.
    History {
        /// The conversation.
        conversation: Conversation,
        /// Nothing before this is part of it.
        floor: Floor,
        /// The part of its history.
        page: Page,
        /// The maximum number of messages.
        limit: usize,
    },
    /// Whether a message belongs to a conversation.
    Message {
        /// The conversation.
        conversation: Conversation,
        /// The message is not looked for before this.
        floor: Floor,
        /// The message's number.
        seq: u64,
    },
    /// The time of the last message in each of these conversations.
    LatestTimes {
        /// The conversations, each with where it begins.
        conversations: Vec<(Conversation, Floor)>,
    },
}

/// The result of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryResult {
    /// For [`Query::History`]: the messages from the oldest to the newest, each with an empty `target`.
    History(Vec<Arc<Spoken>>),
    /// For [`Query::History`] with a page around a message that the conversation does not have.
    NoSuchMessage,
    /// For [`Query::Message`].
    IsThere(bool),
    /// For [`Query::LatestTimes`]: in the order of the query; `None` where there is no message.
    LatestTimes(Vec<Option<Timestamp>>),
}
