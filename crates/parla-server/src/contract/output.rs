//! What comes out of the state machine.

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

/// The connections that get one line; mostly one, or the members of a channel.
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
        /// Which. Its slot may be given again after this, its key never.
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
    /// Answer by [`crate::Input::Answer`], whenever that may be.
    Question {
        /// Comes back with the answer.
        id: QuestionId,
        /// Who waits for it.
        asker: Asker,
        /// What is asked.
        question: Question,
    },
    /// Nobody waits for the answer to this question any more, if it is not on its way already.
    Forget(QuestionId),
    /// Stop in order, which begins with [`crate::Input::ShuttingDown`].
    Shutdown,
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
