//! What comes out of the state machine.

use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use parla_proto::Timestamp;
use smallvec::SmallVec;

use crate::{
    base::{
        connection::{ConnectionId, Gateway},
        secret::Secret,
    },
    contract::{administration::AdminAnswer, note::Note},
    network::{
        audit::Audit,
        change::{Change, Spoken},
        entry::Proposal,
    },
};

/// The connections that get one line; mostly one, or the members of a room.
pub type Recipients = SmallVec<[ConnectionId; 1]>;

/// One thing to do outside.
#[derive(Clone, Debug)]
pub enum Output {
    /// Send a line, with its end, to each of these connections.
    Deliver {
        /// Who gets it; each once.
        to: Recipients,
        /// The bytes.
        line: Bytes,
    },
    /// Close a connection once it has been sent what was delivered to it before.
    Close {
        /// Which; its name may be given again after this.
        connection: ConnectionId,
    },
    /// A line of a connection has been dealt with; more may be read.
    LineTaken {
        /// Which connection.
        connection: ConnectionId,
        /// How long the line was, in bytes without its end; 0 if it was longer than it may be.
        bytes: usize,
    },
    /// Answer by [`crate::Input::Sent`] when everything that was delivered to a connection before has been written to its
    /// socket; at once if it has been.
    TellWhenSent {
        /// Which.
        connection: ConnectionId,
    },
    /// Read the store and answer by [`crate::Input::QueryResult`].
    Query {
        /// Whose.
        connection: ConnectionId,
        /// What.
        query: Query,
    },
    /// Compare with a password and answer by [`crate::Input::PasswordVerified`]. It takes as long whether there is such a
    /// password or not. If the connection is closed meanwhile, no answer is needed.
    VerifyPassword {
        /// Who gave it.
        connection: ConnectionId,
        /// Where they are; guesses are counted by address.
        from: IpAddr,
        /// What it is compared with.
        of: PasswordOf,
        /// What was given.
        password: Secret,
    },
    /// Look whether this is a gateway and answer by [`crate::Input::GatewayVerified`].
    VerifyGateway {
        /// Whose.
        connection: ConnectionId,
        /// What it says.
        gateway: Box<Gateway>,
    },
    /// Read the configuration again, check it whole, and answer by [`crate::Input::Reconfigured`] or
    /// [`crate::Input::NotReconfigured`].
    Rehash {
        /// Who asks.
        connection: ConnectionId,
    },
    /// Stop in order, which begins with [`crate::Input::ShuttingDown`].
    Shutdown,
    /// Stop in order and start again; but if the configuration is bad, answer by [`crate::Input::NotReconfigured`].
    Restart {
        /// Who asks.
        connection: ConnectionId,
    },
    /// Give the administrator an answer.
    Administered {
        /// The number that came with the request.
        id: u64,
        /// The answer.
        answer: Box<AdminAnswer>,
    },
    /// Write down what an operator did.
    Audit(Box<Audit>),
    /// Write down what became of a connection.
    Note(Box<Note>),
    /// Bring this into the log behind all that was proposed before, for a server that shares a log. It comes back by
    /// [`crate::Input::Committed`], however often it is sent.
    Propose(Box<Proposal>),
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

/// Everything that one or more inputs caused, in order.
#[derive(Debug, Default)]
pub struct Outputs {
    /// To be done, in order, but not before the changes are on disk.
    pub outputs: Vec<Output>,
    /// To be kept, in order.
    pub changes: Vec<Change>,
}

impl Outputs {
    pub(crate) fn deliver(&mut self, connection: ConnectionId, line: Bytes) {
        let mut to = Recipients::new();
        to.push(connection);
        self.outputs.push(Output::Deliver { to, line });
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.outputs.is_empty() && self.changes.is_empty()
    }
}

/// A position in a channel's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// That of the message of this number, there or not.
    Message(u64),
    /// A time.
    Time(Timestamp),
}

/// A part of a channel's history, as draft/chathistory cuts it. Positions are not part of it, but for `Around`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The newest, after a position if one is given.
    Latest(Option<Position>),
    /// Those before.
    Before(Position),
    /// Those after.
    After(Position),
    /// Those before and after, and the one there.
    Around(Position),
    /// From the first towards the second, whichever is earlier.
    Between(Position, Position),
}

/// A question to the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// Messages of a channel.
    History {
        /// The channel's number.
        record: u64,
        /// Which part.
        page: Page,
        /// How many at most.
        limit: usize,
    },
    /// Whether a channel has a message.
    Message {
        /// The channel's number.
        record: u64,
        /// The message's number.
        seq: u64,
    },
    /// When the last message of each of these channels was sent.
    LatestTimes {
        /// The channels' numbers.
        records: Vec<u64>,
    },
}

/// An answer of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryResult {
    /// To [`Query::History`]: from the oldest to the newest. `target` of each is left empty.
    History(Vec<Arc<Spoken>>),
    /// To [`Query::Message`].
    IsThere(bool),
    /// To [`Query::LatestTimes`]: in the order of the question; none where there is no message.
    LatestTimes(Vec<Option<Timestamp>>),
}

/// What a session needs again when the answer comes.
#[derive(Debug)]
pub(crate) enum HistoryQuestion {
    Messages { record: u64, channel: String, subcommand: String, page: Page },
    Targets { channels: Vec<String>, from: Timestamp, to: Timestamp, limit: usize },
}
