//! What connections send to the rest of the daemon.

use std::sync::Arc;

use parla_server::{ConnectionId, Input};
use tokio::sync::mpsc;

use crate::net::connection::Connection;

/// An input of the hub.
#[derive(Debug)]
pub(crate) enum HubInput {
    /// A new connection, which delivery must know before anything is sent to it.
    Opened(ConnectionId, Arc<Connection>),
    /// An input for the state machine.
    Server(Input),
}

/// Where the tasks of connections send what they receive.
#[derive(Clone, Debug)]
pub(crate) struct HubSenders {
    pub(crate) hub: mpsc::Sender<HubInput>,
    /// Connections that have been sent everything, if the hub wants to know. Each is in it once.
    pub(crate) sent: mpsc::UnboundedSender<ConnectionId>,
}

impl HubSenders {
    /// Tells the hub that a connection has been sent everything. The hub lives as long as the server.
    pub(crate) fn tell_sent(&self, id: ConnectionId) {
        let _ = self.sent.send(id);
    }
}
