//! Turns a socket into an IRC connection; shared by all listeners.

use std::{net::IpAddr, sync::Arc, time::Instant};

use parla_server::{Input, Peer};
use tokio::sync::Semaphore;

use crate::{
    limits::{FAREWELLS_MAX, SEND_QUEUES_BYTES_MAX},
    net::{
        addresses::Addresses,
        admission::{Admission, Permit},
        connection::Connection,
        connection_ids::ConnectionIds,
        connection_log::{ConnectionLog, NewConnection},
        framing::{Framing, Reader},
        hub_input::{HubInput, HubSenders},
        send_queue::SendQueueTotals,
        stream::Stream,
        task::Task,
    },
};

/// Everything that is needed to turn a socket into an IRC connection.
#[derive(Debug)]
pub(crate) struct Intake {
    pub(crate) admission: Arc<Admission>,
    pub(crate) addresses: Arc<Addresses>,
    ids: Arc<ConnectionIds>,
    send_queue_totals: Arc<SendQueueTotals>,
    hub_senders: HubSenders,
    pub(crate) log: Arc<ConnectionLog>,
    /// Limits the sockets of clients that are being told why they are refused.
    pub(crate) farewells: Arc<Semaphore>,
}

/// What an [`Intake`] shares with the rest of the daemon.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) addresses: Arc<Addresses>,
    pub(crate) ids: Arc<ConnectionIds>,
    pub(crate) hub_senders: HubSenders,
    pub(crate) log: Arc<ConnectionLog>,
}

/// A socket that was accepted and counted.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub(crate) stream: Stream,
    /// The client's address, even behind a proxy.
    pub(crate) address: IpAddr,
    /// Whether the connection is encrypted all the way.
    pub(crate) is_secure: bool,
    /// As in [`Peer`].
    pub(crate) certificate: Option<Box<[u8; 32]>>,
    pub(crate) permit: Permit,
}

impl Intake {
    /// An intake for a server that may have this many connections.
    pub(crate) fn new(connections_max: usize, shared: Shared) -> Self {
        let Shared { addresses, ids, hub_senders, log } = shared;
        let send_queue_totals =
            SendQueueTotals::new(addresses.limits.send_queue_bytes, SEND_QUEUES_BYTES_MAX);
        let admission = Admission::new(addresses.limits.clone(), connections_max, Instant::now());
        let farewells = Arc::new(Semaphore::new(FAREWELLS_MAX));
        Self { admission, addresses, ids, send_queue_totals, hub_senders, log, farewells }
    }

    /// Opens an IRC connection.
    pub(crate) async fn open(&self, accepted: Accepted, reader: Reader) {
        let Accepted { stream, address, is_secure, certificate, permit } = accepted;
        let peer = Peer { secure: is_secure, certificate, ..self.addresses.peer(address) };
        let id = self.ids.take();
        let by = if reader.framing() == Framing::Lines { "lines" } else { "WebSocket" };
        self.log.connected(id, NewConnection { address, by, is_secure });
        let connection = Arc::new(Connection::new(stream, reader.framing(), &self.send_queue_totals, permit));
        let opened = HubInput::Opened(id, Arc::clone(&connection));
        let connected = HubInput::Server(Input::Connected { connection: id, peer });
        let hub = &self.hub_senders.hub;
        if hub.send(opened).await.is_ok() && hub.send(connected).await.is_ok() {
            tokio::spawn(Task { id, connection, hub_senders: self.hub_senders.clone(), reader }.run());
        }
    }
}
