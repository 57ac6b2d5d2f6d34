//! The inputs of the state machine.

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

/// Something that happened outside.
#[derive(Debug)]
pub enum Input {
    /// A connection was opened.
    Connected {
        /// The connection's id, which no other connection is using.
        connection: ConnectionId,
        /// The other end.
        peer: Peer,
    },
    /// A client sent a line, given here without its line break.
    Line {
        /// The connection it came from.
        connection: ConnectionId,
        /// The line's bytes, which may be anything.
        line: Box<[u8]>,
    },
    /// A client sent a line that exceeded the maximum length.
    LineTooLong {
        /// The connection it came from.
        connection: ConnectionId,
    },
    /// A line that already exceeds the maximum length still has no end.
    LineEndless {
        /// The connection it comes from.
        connection: ConnectionId,
    },
    /// A client sent something that is not a line but counts like one: empty lines or messages, or a
    /// WebSocket ping.
    Blank {
        /// The connection it came from.
        connection: ConnectionId,
    },
    /// A connection has ended. This is not sent for connections that the server closed by
    /// [`crate::Output::Close`].
    Disconnected {
        /// The connection that ended.
        connection: ConnectionId,
        /// Why it ended.
        why: Disconnect,
    },
    /// The answer to [`crate::Output::TellWhenSent`].
    Sent {
        /// The connection that has been sent everything.
        connection: ConnectionId,
    },
    /// The answer to [`crate::Output::Question`]. It may be late: an answer that nobody waits for any more is
    /// ignored.
    Answer {
        /// The question that it answers.
        id: QuestionId,
        /// The answer.
        answer: Answer,
    },
    /// The administrator had the configuration read again, and it is valid.
    Reconfigured(Box<Reconfiguration>),
    /// A request of the administrator. The answer is [`crate::Output::Administered`].
    Administration {
        /// A number that is returned with the answer.
        id: u64,
        /// The request.
        request: AdminRequest,
    },
    /// The log has ordered a proposal that one of the machines made, on a server that shares it with others.
    /// Every machine gets the same ones in the same order.
    Committed {
        /// The time that the log gave it.
        at: Timestamp,
        /// The proposal.
        proposal: Box<Proposal>,
    },
    /// Another machine has been silent for so long that it counts as dead.
    NodeLost {
        /// The machine that is lost.
        node: NodeId,
    },
    /// The time of [`crate::Server::next_deadline`] has come.
    Deadline,
    /// For this long nothing could be sent, because nothing could be stored. No client is to blame for having
    /// been silent.
    Stalled {
        /// How long it lasted.
        duration: Duration,
    },
    /// The disk of this machine is nearly full, so commands whose effect must be stored are refused; or it
    /// has space again.
    Storage {
        /// Whether the disk is nearly full.
        is_low: bool,
    },
    /// The server stops: every client is told so, and its connection is closed.
    ShuttingDown,
}
