//! Accepts connections, counts them, and gives each a task.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use parla_server::{ConnectionId, Input, Peer};
use slotmap::{DefaultKey, SlotMap};
use thiserror::Error;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::{
    admission::Admission,
    config::Connections,
    connection::{self, Connection, Roads},
    hub::HubInput,
    limits::{ACCEPT_BACKLOG, ACCEPT_PAUSE},
};

/// Names for connections; each is given back by the store when nothing can come for the connection any more.
#[derive(Debug, Default)]
pub(crate) struct Names(Mutex<SlotMap<DefaultKey, ()>>);

impl Names {
    fn take(&self) -> ConnectionId {
        ConnectionId::from_key(self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(()))
    }

    pub(crate) fn give_back(&self, id: ConnectionId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id.key());
    }
}

/// What a listener needs to make connections.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    pub(crate) admission: Arc<Admission>,
    pub(crate) limits: Connections,
    pub(crate) names: Arc<Names>,
    pub(crate) roads: Roads,
}

/// Why an address cannot be listened on, in words for the administrator.
#[derive(Debug, Error)]
pub(crate) enum ListenError {
    #[error(
        "cannot listen on {0}: another program uses this port. Stop it, or choose another port with --listen"
    )]
    InUse(SocketAddr),
    #[error("cannot listen on {0}: ports below 1024 need a privilege. Choose a higher port with --listen")]
    Denied(SocketAddr),
    #[error("cannot listen on {0}: this computer does not have that address")]
    NoSuchAddress(SocketAddr),
    #[error("cannot listen on {0}: {1}")]
    Other(SocketAddr, io::Error),
}

/// Opens a listening socket.
pub(crate) fn listen(address: SocketAddr) -> Result<TcpListener, ListenError> {
    let open = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(ACCEPT_BACKLOG)
    };
    open().map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => ListenError::InUse(address),
        io::ErrorKind::PermissionDenied => ListenError::Denied(address),
        io::ErrorKind::AddrNotAvailable => ListenError::NoSuchAddress(address),
        _ => ListenError::Other(address, error),
    })
}

/// Accepts until the process ends.
pub(crate) async fn accept(listener: TcpListener, door: Door) {
    let mut refused_by_system = false;
    loop {
        match listener.accept().await {
            Ok((socket, address)) => {
                refused_by_system = false;
                admit(socket, address, &door).await;
            }
            Err(error) => {
                if !std::mem::replace(&mut refused_by_system, true) {
                    tracing::warn!(%error, "cannot accept connections now; trying again");
                }
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn admit(socket: TcpStream, address: SocketAddr, door: &Door) {
    let ticket = match door.admission.admit(address.ip(), Instant::now()) {
        Ok(ticket) => ticket,
        Err(refused) => {
            tracing::debug!(address = %address.ip(), %refused, "refused a connection");
            // A courtesy; a new socket has room for it.
            let _ =
                socket.try_write(format!("ERROR :Closing link: {} ({refused})\r\n", address.ip()).as_bytes());
            return;
        }
    };
    // Without it small lines could wait for one another; a socket that refuses it works all the same.
    let _ = socket.set_nodelay(true);
    let peer = Peer { address: address.ip(), unthrottled: door.limits.is_exempt(address.ip()) };
    let id = door.names.take();
    let connection = Arc::new(Connection::new(socket, door.limits.send_queue_bytes, ticket));
    let opened = HubInput::Opened(id, Arc::clone(&connection));
    let connected = HubInput::Server(Input::Connected { connection: id, peer });
    let hub = &door.roads.hub;
    if hub.send(opened).await.is_ok() && hub.send(connected).await.is_ok() {
        tokio::spawn(connection::serve(id, connection, door.roads.clone()));
    }
}
