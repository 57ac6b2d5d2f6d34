//! What goes into the state machine.

use std::time::Duration;

use parla_proto::Timestamp;

use crate::{
    base::connection::{ConnectionId, Disconnect, Peer},
    contract::{
        administration::AdminRequest,
        question::{Answer, QuestionId, Reconfiguration},
    },
    network::entry::{NodeId, Proposal},
};

/// One thing that happened outside.
#[derive(Debug)]
pub enum Input {
    /// A connection was opened.
    Connected {
        /// Its name, not in use by another.
        connection: ConnectionId,
        /// Who is there.
        peer: Peer,
    },
    /// A client sent a line, given without its end.
    Line {
        /// Which.
        connection: ConnectionId,
        /// The bytes; they may be anything.
        line: Box<[u8]>,
    },
    /// A client sent a line that was longer than it may be.
    LineTooLong {
        /// Which.
        connection: ConnectionId,
    },
    /// The line that was longer than it may be goes on and on.
    LineEndless {
        /// Which.
        connection: ConnectionId,
    },
    /// A client sent what is no line and costs like one: empty lines or messages, or a ping of WebSocket's own.
    Blank {
        /// Which.
        connection: ConnectionId,
    },
    /// A connection is no more. Not for those that the server closed by [`crate::Output::Close`].
    Disconnected {
        /// Which.
        connection: ConnectionId,
        /// Why.
        why: Disconnect,
    },
    /// The answer to [`crate::Output::TellWhenSent`].
    Sent {
        /// Whose.
        connection: ConnectionId,
    },
    /// The answer to [`crate::Output::Question`]. It may come late: if nobody waits for it any more, nothing happens.
    Answer {
        /// What it answers.
        id: QuestionId,
        /// The answer.
        answer: Answer,
    },
    /// The administrator had the configuration read again, and it is good.
    Reconfigured(Box<Reconfiguration>),
    /// The administrator asks for something. The answer is [`crate::Output::Administered`].
    Administration {
        /// A number that comes back with the answer.
        id: u64,
        /// What.
        request: AdminRequest,
    },
    /// The log gave what one of the machines had proposed, for a server that shares it with others. Every machine gets the same in
    /// the same order.
    Committed {
        /// The time of the log.
        at: Timestamp,
        /// What was proposed.
        proposal: Box<Proposal>,
    },
    /// Another machine has been silent for so long that it counts as dead.
    NodeLost {
        /// Which.
        node: NodeId,
    },
    /// The time of [`crate::Server::next_deadline`] has come.
    Deadline,
    /// For so long nothing could be sent, because nothing could be kept; no client is to blame for its silence.
    Stalled {
        /// How long.
        duration: Duration,
    },
    /// The disk of this machine is nearly full, so that what would have to be kept is refused; or it has room again.
    Storage {
        /// Which of the two.
        is_low: bool,
    },
    /// The server stops: everyone is told and closed.
    ShuttingDown,
}
