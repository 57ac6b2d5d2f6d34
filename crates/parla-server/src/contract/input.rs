//! What goes into the state machine.

use std::time::Duration;

use parla_proto::Timestamp;

use crate::{
    base::{
        connection::{ConnectionId, Disconnect, Peer},
        settings::Settings,
    },
    contract::{
        administration::AdminRequest,
        output::{QueryResult, Verdict},
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
    /// The answer to [`crate::Output::Query`].
    QueryResult {
        /// Whose.
        connection: ConnectionId,
        /// The messages or channels, or nothing if the store could not be read.
        result: Option<QueryResult>,
    },
    /// The answer to [`crate::Output::VerifyPassword`].
    PasswordVerified {
        /// Whose.
        connection: ConnectionId,
        /// Whether the password is right.
        verdict: Verdict,
    },
    /// The configuration was read again and is good. What cannot change while the server runs stays as it is.
    Reconfigured {
        /// Who asked for it by [`crate::Output::Rehash`]; nobody if the administrator did.
        asker: Option<ConnectionId>,
        /// What it says.
        settings: Box<Settings>,
        /// What there is to know of it, a line each.
        notes: Vec<String>,
    },
    /// The configuration was read again and is bad: nothing changes. The answer to [`crate::Output::Rehash`] and
    /// [`crate::Output::Restart`].
    NotReconfigured {
        /// Who asked.
        asker: ConnectionId,
        /// What is wrong with it, a line each.
        problems: Vec<String>,
    },
    /// The administrator asks for something. The answer is [`crate::Output::Administered`].
    Administration {
        /// A number that comes back with the answer.
        id: u64,
        /// What.
        request: AdminRequest,
    },
    /// The answer to [`crate::Output::VerifyGateway`].
    GatewayVerified {
        /// Whose.
        connection: ConnectionId,
        /// Who is there instead of the gateway, or what whoever it is must be told.
        client: Result<Box<Peer>, String>,
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
