//! What publishing produces, as values: publishing itself only reads, and the server carries these out.

use bytes::Bytes;

use crate::{
    base::connection::ConnectionId,
    contract::output::Recipients,
    session::long_answer::{LongAnswer, Unasked},
};

/// Something to send to sessions of this machine.
#[derive(Debug)]
pub(crate) enum Publication {
    /// One line for several connections.
    Line { to: Recipients, line: Bytes },
    /// A line for one session, which becomes part of its labelled answer if one is being put together.
    Answer { connection: ConnectionId, line: Bytes },
    /// The lines of a complete batch for one session, handled like [`Self::Answer`].
    WholeBatch { connection: ConnectionId, lines: Vec<Bytes> },
    /// Lines that are to be sent as one batch of this type; `about` is its parameter, if it has one.
    Batch { connection: ConnectionId, kind: &'static str, about: Option<String>, lines: Vec<Bytes> },
    /// A long answer for one session begins.
    LongAnswer { connection: ConnectionId, answer: Box<dyn LongAnswer> },
}

impl Publication {
    /// The session that it is for, if it is for a single one.
    pub(crate) const fn session(&self) -> Option<ConnectionId> {
        match self {
            Self::Line { .. } => None,
            Self::Answer { connection, .. }
            | Self::WholeBatch { connection, .. }
            | Self::Batch { connection, .. }
            | Self::LongAnswer { connection, .. } => Some(*connection),
        }
    }

    /// The same, for a session that did not ask for it.
    pub(crate) fn unasked(self) -> Self {
        match self {
            Self::LongAnswer { connection, answer } => {
                Self::LongAnswer { connection, answer: Box::new(Unasked(answer)) }
            }
            other => other,
        }
    }
}
