//! What connections send to the rest of the daemon.

use std::sync::Arc;

use parla_server::{ConnectionId, Input, Query};
use tokio::sync::mpsc;

use crate::net::{connection::Connection, send_queue::Then};

/// What comes to the hub.
#[derive(Debug)]
pub(crate) enum HubInput {
    /// A connection that delivery must know before anything is sent to it.
    Opened(ConnectionId, Arc<Connection>),
    /// For the state machine.
    Server(Input),
}

/// Where a connection's task sends what it gets.
#[derive(Clone, Debug)]
pub(crate) struct Roads {
    pub(crate) hub: mpsc::Sender<HubInput>,
    pub(crate) queries: std::sync::mpsc::Sender<(ConnectionId, Query)>,
    /// Connections that have been sent everything, where the hub wants to know. Each is in it once.
    pub(crate) sent: mpsc::UnboundedSender<ConnectionId>,
}

impl Roads {
    /// Does what waited until a connection was sent everything. The threads that take it live as long as the server.
    pub(crate) fn send(&self, id: ConnectionId, then: Then) {
        match then {
            Then::Ask(query) => drop(self.queries.send((id, query))),
            Then::Tell => drop(self.sent.send(id)),
        }
    }
}
