//! What publishing leads to, as values: what is published only reads, and the server carries these out.

use bytes::Bytes;

use crate::{
    base::connection::ConnectionId,
    contract::output::Recipients,
    session::long_answer::{LongAnswer, Unasked},
};

/// One thing to send to sessions of this machine.
#[derive(Debug)]
pub(crate) enum Publication {
    /// The same line for each of these connections.
    Line { to: Recipients, line: Bytes },
    /// A line for one session; a part of the answer to a label, if one is being put together.
    Answer { connection: ConnectionId, line: Bytes },
    /// The same for the lines of a whole batch.
    WholeBatch { connection: ConnectionId, lines: Vec<Bytes> },
    /// The same for lines that become one batch of a kind, which may be about something.
    Batch { connection: ConnectionId, kind: &'static str, about: Option<String>, lines: Vec<Bytes> },
    /// A long answer for one session begins.
    LongAnswer { connection: ConnectionId, answer: Box<dyn LongAnswer> },
}

impl Publication {
    /// The session that it is for, if it is for one.
    pub(crate) const fn session(&self) -> Option<ConnectionId> {
        match self {
            Self::Line { .. } => None,
            Self::Answer { connection, .. }
            | Self::WholeBatch { connection, .. }
            | Self::Batch { connection, .. }
            | Self::LongAnswer { connection, .. } => Some(*connection),
        }
    }

    /// The same for a session that has not asked for it.
    pub(crate) fn unasked(self) -> Self {
        match self {
            Self::LongAnswer { connection, answer } => {
                Self::LongAnswer { connection, answer: Box::new(Unasked(answer)) }
            }
            other => other,
        }
    }
}
