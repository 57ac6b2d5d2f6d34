//! Accepts connections, counts them, and lets them in: each connection of IRC gets a task.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use parla_server::{ConnectionId, Input, Peer};
use slotmap::{DefaultKey, SlotMap};
use thiserror::Error;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::{
    admission::{Admission, Purpose, Ticket},
    config::Connections,
    connection::{Connection, Roads, Task},
    framing::Reader,
    hub::HubInput,
    limits::{ACCEPT_BACKLOG, ACCEPT_PAUSE},
    web::{self, Site},
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

/// What is needed to let someone in.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    pub(crate) admission: Arc<Admission>,
    pub(crate) limits: Connections,
    pub(crate) names: Arc<Names>,
    pub(crate) roads: Roads,
}

/// A socket that was accepted and counted.
#[derive(Debug)]
pub(crate) struct Guest {
    pub(crate) socket: TcpStream,
    pub(crate) address: IpAddr,
    pub(crate) ticket: Ticket,
}

/// What is spoken on a listener.
#[derive(Clone, Debug)]
pub(crate) enum Entrance {
    /// Lines of IRC.
    Irc(Door),
    /// HTTP, and IRC over WebSocket.
    Http(Arc<Site>),
}

/// An address to listen on, with the option of the command line that names another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    address: SocketAddr,
    option: &'static str,
}

/// Why an address cannot be listened on, in words for the administrator.
#[derive(Debug, Error)]
pub(crate) enum ListenError {
    #[error(
        "cannot listen on {0}: another program uses this port. Stop it, or choose another port with {option}",
        option = .0.option
    )]
    InUse(Place),
    #[error(
        "cannot listen on {0}: ports below 1024 need a privilege. Choose a higher port with {option}",
        option = .0.option
    )]
    Denied(Place),
    #[error("cannot listen on {0}: this computer does not have that address")]
    NoSuchAddress(Place),
    #[error("cannot listen on {0}: {1}")]
    Other(Place, io::Error),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)
    }
}

impl Place {
    pub(crate) const fn irc(address: SocketAddr) -> Self {
        Self { address, option: "--listen" }
    }

    pub(crate) const fn http(address: SocketAddr) -> Self {
        Self { address, option: "--http" }
    }
}

/// Opens a listening socket.
pub(crate) fn listen(place: Place) -> Result<TcpListener, ListenError> {
    let address = place.address;
    let open = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(ACCEPT_BACKLOG)
    };
    open().map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => ListenError::InUse(place),
        io::ErrorKind::PermissionDenied => ListenError::Denied(place),
        io::ErrorKind::AddrNotAvailable => ListenError::NoSuchAddress(place),
        _ => ListenError::Other(place, error),
    })
}

/// Accepts until the process ends.
pub(crate) async fn accept(listener: TcpListener, entrance: Entrance) {
    let mut refused_by_system = false;
    loop {
        match listener.accept().await {
            Ok((socket, address)) => {
                refused_by_system = false;
                admit(socket, address.ip(), &entrance).await;
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

async fn admit(socket: TcpStream, address: IpAddr, entrance: &Entrance) {
    let (door, purpose) = match entrance {
        Entrance::Irc(door) => (door, Purpose::Irc),
        Entrance::Http(site) => (&site.door, Purpose::Http),
    };
    let ticket = match door.admission.admit(address, purpose, Instant::now()) {
        Ok(ticket) => ticket,
        Err(refused) => {
            tracing::debug!(%address, %refused, "refused a connection");
            let words = match purpose {
                Purpose::Irc => format!("ERROR :Closing link: {address} ({refused})\r\n"),
                Purpose::Http => web::refusal(refused),
            };
            // A courtesy; a new socket has room for it.
            let _ = socket.try_write(words.as_bytes());
            return;
        }
    };
    // Without it small lines could wait for one another; a socket that refuses it works all the same.
    let _ = socket.set_nodelay(true);
    let guest = Guest { socket, address, ticket };
    match entrance {
        Entrance::Irc(door) => door.enter(guest, Reader::lines()).await,
        Entrance::Http(site) => drop(tokio::spawn(web::serve(guest, Arc::clone(site)))),
    }
}

impl Door {
    /// Makes a connection of IRC.
    pub(crate) async fn enter(&self, guest: Guest, reader: Reader) {
        let Guest { socket, address, ticket } = guest;
        let peer = Peer { unthrottled: self.limits.is_exempt(address), ..Peer::at(address) };
        let id = self.names.take();
        let connection =
            Arc::new(Connection::new(socket, reader.framing(), self.limits.send_queue_bytes, ticket));
        let opened = HubInput::Opened(id, Arc::clone(&connection));
        let connected = HubInput::Server(Input::Connected { connection: id, peer });
        let hub = &self.roads.hub;
        if hub.send(opened).await.is_ok() && hub.send(connected).await.is_ok() {
            tokio::spawn(Task { id, connection, roads: self.roads.clone(), reader }.run());
        }
    }
}
