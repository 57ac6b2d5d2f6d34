//! The outputs of the state machine.

use bytes::Bytes;
use smallvec::SmallVec;

use crate::{
    base::connection::ConnectionId,
    contract::{
        administration::AdminAnswer,
        note::Note,
        question::{Asker, Question, QuestionId},
    },
    network::{audit::Audit, change::Change, entry::Proposal},
};

/// The connections that get one line: mostly a single one, or those of a channel's members.
pub type Recipients = SmallVec<[ConnectionId; 1]>;

/// One thing for the daemon to do.
#[derive(Clone, Debug)]
pub enum Output {
    /// Send a line, with its end, to each of these connections.
    Deliver {
        /// The recipients, without duplicates.
        to: Recipients,
        /// The line's bytes, with the line break.
        line: Bytes,
    },
    /// Close a connection once it has been sent what was delivered to it before.
    Close {
        /// The connection. Its slot may be reused after this, its key never.
        connection: ConnectionId,
    },
    /// A line of a connection has been handled, so more may be read.
    LineTaken {
        /// The connection that the line came from.
        connection: ConnectionId,
        /// The line's length in bytes, without its line break; 0 for a line that exceeded the maximum length.
        bytes: usize,
    },
    /// Answer with [`crate::Input::Sent`] once everything that was delivered to a connection before has been
    /// written to its socket, at once if it already has been.
    TellWhenSent {
        /// The connection.
        connection: ConnectionId,
    },
    /// Answer with [`crate::Input::Answer`], however long it takes.
    Question {
        /// The id to return with the answer.
        id: QuestionId,
        /// The session that waits for the answer.
        asker: Asker,
        /// The question itself.
        question: Question,
    },
    /// Nobody needs the answer to this question any more. It may be on its way already.
    Forget(QuestionId),
    /// Shut down in order, starting with [`crate::Input::ShuttingDown`].
    Shutdown,
    /// Send the administrator an answer.
    Administered {
        /// The number that came with the request.
        id: u64,
        /// The answer.
        answer: Box<AdminAnswer>,
    },
    /// Record what an operator did.
    Audit(Box<Audit>),
    /// Record what happened to a connection.
    Note(Box<Note>),
    /// Append this to the log after everything that was proposed before, on a server that shares a log. It
    /// returns as [`crate::Input::Committed`], and may be sent more than once.
    Propose(Box<Proposal>),
}

/// Everything that one or more inputs caused, in order.
#[derive(Debug, Default)]
pub struct Outputs {
    /// What is to be done, in order, but only once the changes are on disk.
    pub outputs: Vec<Output>,
    /// What is to be stored, in order.
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
