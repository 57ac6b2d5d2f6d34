//! Accepts connections, counts them, and lets them in: each connection of IRC gets a task.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use parla_server::{ConnectionId, Input, Peer};
use rustix::net::{RecvFlags, SendFlags};
use slotmap::{DefaultKey, SlotMap};
use thiserror::Error;
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::Semaphore,
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::{
    config::Connections,
    core::hub::HubInput,
    limits::{
        ACCEPT_BACKLOG, ACCEPT_PAUSE, FAREWELL_TIME_MAX, FAREWELLS_MAX, READ_BYTES_MAX,
        SEND_QUEUES_BYTES_MAX, TLS_HANDSHAKE_TIME_MAX,
    },
    log::{self, ConnectionLog, Mishap},
    net::{
        admission::{Admission, Purpose, Refused, Ticket},
        cloak::Cloaks,
        connection::{Connection, Roads, Task},
        framing::{Framing, Reader},
        opening::{self, Opening},
        proxy::{self, Front, Introduction},
        send_queue::SendQueues,
        stream::Stream,
    },
    web::{self, Places, Site},
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
    pub(crate) addresses: Arc<Addresses>,
    pub(crate) names: Arc<Names>,
    pub(crate) send_queues: Arc<SendQueues>,
    pub(crate) roads: Roads,
    pub(crate) places: Arc<Places>,
    pub(crate) log: Arc<ConnectionLog>,
    /// Sockets of those who are told why they are turned away.
    pub(crate) farewells: Arc<Semaphore>,
}

/// How those at an address are treated.
#[derive(Debug)]
pub(crate) struct Addresses {
    pub(crate) limits: Connections,
    /// What is shown in place of addresses; none if they are shown.
    pub(crate) cloaks: Option<Cloaks>,
}

impl Addresses {
    /// Whether others see something in place of an address.
    pub(crate) const fn are_hidden(&self) -> bool {
        self.cloaks.is_some()
    }

    /// What the server is told of someone at an address.
    pub(crate) fn peer(&self, address: IpAddr) -> Peer {
        let host = self.cloaks.as_ref().map(|cloaks| cloaks.host(address));
        Peer { host, unthrottled: self.limits.is_exempt(address), ..Peer::at(address) }
    }
}

/// A socket that was accepted and counted.
#[derive(Debug)]
pub(crate) struct Guest {
    pub(crate) stream: Stream,
    /// Of the client, even if a proxy connects it.
    pub(crate) address: IpAddr,
    /// Whether nobody on the way can read what is said.
    pub(crate) is_secure: bool,
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

/// A socket that is listened on, and what becomes of those who come.
pub(crate) struct Gate {
    pub(crate) listener: TcpListener,
    pub(crate) entrance: Entrance,
    /// Whether a proxy must say first whom it connects.
    pub(crate) is_proxied: bool,
    pub(crate) tls: Option<TlsAcceptor>,
}

/// Someone who was let in, and what may stand before the first word.
struct Arrival {
    socket: TcpStream,
    address: IpAddr,
    front: Front,
    ticket: Ticket,
}

impl Entrance {
    fn door(&self) -> &Door {
        match self {
            Self::Irc(door) => door,
            Self::Http(site) => &site.door,
        }
    }

    /// Counts a connection.
    fn admit(&self, address: IpAddr, front: Front) -> Result<Ticket, Refused> {
        let (admission, now) = (&self.door().admission, Instant::now());
        match self {
            // What comes by a proxy is counted when it is known for whom it comes.
            Self::Irc(_) if front != Front::Nothing => admission.admit_unknown(),
            Self::Irc(_) => admission.admit(address, Purpose::Irc, now),
            Self::Http(_) => admission.admit(address, Purpose::Http, now),
        }
    }

    /// What someone is told who is turned away.
    fn refusal(&self, address: IpAddr, refused: &Refused) -> String {
        match self {
            Self::Irc(_) => format!("ERROR :Closing link: {address} ({refused})\r\n"),
            Self::Http(_) => web::refusal(refused),
        }
    }

    /// What someone is told who does not speak TLS and must; nothing if a page may have sent them.
    fn needs_tls(&self, opening: Opening) -> &'static str {
        match (self, opening) {
            (Self::Irc(_), Opening::Other) => "ERROR :Closing link: (This port needs TLS)\r\n",
            (Self::Http(_), Opening::Http) => web::NEEDS_TLS,
            _ => "",
        }
    }

    async fn receive(&self, guest: Guest) {
        match self {
            Self::Irc(door) => door.enter(guest, Reader::lines()).await,
            Self::Http(site) => drop(tokio::spawn(web::serve(guest, Arc::clone(site)))),
        }
    }
}

impl Gate {
    /// Accepts until the process ends.
    pub(crate) async fn open(self: Arc<Self>) {
        let mut refused_by_system = false;
        loop {
            match self.listener.accept().await {
                Ok((socket, address)) => {
                    refused_by_system = false;
                    self.meet(socket, address.ip().to_canonical()).await;
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

    async fn meet(self: &Arc<Self>, socket: TcpStream, address: IpAddr) {
        let door = self.entrance.door();
        let is_trusted = door.addresses.limits.is_trusted_proxy(address);
        let front = match &self.entrance {
            _ if self.is_proxied && !is_trusted => return door.log.mishap(address, Mishap::NoProxy, ""),
            _ if self.is_proxied => Front::Header,
            Entrance::Irc(_) if is_trusted => Front::MaybeLine,
            _ => Front::Nothing,
        };
        let ticket = match self.entrance.admit(address, front) {
            Ok(ticket) => ticket,
            Err(refused) => return self.refuse(socket, address, &refused),
        };
        // Without it small lines could wait for one another; a socket that refuses it works all the same.
        let _ = socket.set_nodelay(true);
        if front == Front::Nothing && self.tls.is_none() {
            let guest = Guest { stream: Stream::Plain(socket), address, is_secure: false, ticket };
            return self.entrance.receive(guest).await;
        }
        tokio::spawn(Arc::clone(self).introduce(Arrival { socket, address, front, ticket }));
    }

    /// Hears for whom a proxy comes, and agrees on TLS.
    async fn introduce(self: Arc<Self>, arrival: Arrival) {
        let Arrival { socket, address: came_from, front, ticket } = arrival;
        let log = &self.entrance.door().log;
        let (address, by_tls) = match proxy::take(&socket, front).await {
            // What is said between a proxy and us may be read by others, unless it is here.
            Ok(Some(Introduction { address, by_tls })) => (address, by_tls && came_from.is_loopback()),
            Ok(None) => (came_from, false),
            Err(error) => return log.mishap(came_from, Mishap::ProxyHeader, &error.to_string()),
        };
        if front != Front::Nothing
            && matches!(self.entrance, Entrance::Irc(_))
            && let Err(refused) = ticket.move_to(address, Instant::now())
        {
            return self.refuse(socket, address, &refused);
        }
        let Some(tls) = &self.tls else {
            let guest = Guest { stream: Stream::Plain(socket), address, is_secure: by_tls, ticket };
            return self.entrance.receive(guest).await;
        };
        match timeout(TLS_HANDSHAKE_TIME_MAX, agree(socket, tls)).await {
            Ok(Ok(stream)) => {
                let guest = Guest { stream: Stream::Tls(stream), address, is_secure: true, ticket };
                self.entrance.receive(guest).await;
            }
            Ok(Err(NoTls::Failed(error))) => log.mishap(address, Mishap::NoTls, &error.to_string()),
            Ok(Err(NoTls::Plain(socket, opening))) => {
                let what = if opening == Opening::Http { "HTTP" } else { "no HTTP" };
                log.mishap(address, Mishap::PlainForTls, what);
                web::say_and_end(Stream::Plain(socket), self.entrance.needs_tls(opening).as_bytes()).await;
            }
            Err(_) => log.mishap(address, Mishap::NoTls, "not in time"),
        }
    }

    /// Says why someone is turned away, as far as there is room for it.
    fn refuse(self: &Arc<Self>, socket: TcpStream, address: IpAddr, refused: &Refused) {
        let door = self.entrance.door();
        door.log.refused(address, refused);
        let words = self.entrance.refusal(address, refused);
        let Ok(permit) = Arc::clone(&door.farewells).try_acquire_owned() else {
            return if self.tls.is_none() {
                say_at_once(&socket, &words);
            };
        };
        let gate = Arc::clone(self);
        tokio::spawn(async move {
            let stream = match &gate.tls {
                None => Some(Stream::Plain(socket)),
                Some(tls) => {
                    let agreed = timeout(FAREWELL_TIME_MAX, agree(socket, tls)).await;
                    agreed.ok().and_then(Result::ok).map(Stream::Tls)
                }
            };
            if let Some(stream) = stream {
                web::say_and_end(stream, words.as_bytes()).await;
            }
            drop(permit);
        });
    }
}

/// Says something without waiting for whether it is read. What the client has sent so far is taken, as a socket that is closed with
/// unread bytes is reset, and the client loses what it had not read.
fn say_at_once(socket: &TcpStream, words: &str) {
    let _ = rustix::net::recv(socket, &mut [0; READ_BYTES_MAX], RecvFlags::DONTWAIT);
    let _ = rustix::net::send(socket, words.as_bytes(), SendFlags::DONTWAIT | SendFlags::NOSIGNAL);
}

/// Why there is no TLS.
enum NoTls {
    Failed(io::Error),
    /// The client speaks something else, and can read what it is told.
    Plain(TcpStream, Opening),
}

/// Agrees on TLS, if that is what comes.
async fn agree(socket: TcpStream, tls: &TlsAcceptor) -> Result<Box<TlsStream<TcpStream>>, NoTls> {
    match opening::see(&socket).await {
        Ok(Opening::Tls) => tls.accept(socket).await.map(Box::new).map_err(NoTls::Failed),
        Ok(opening) => Err(NoTls::Plain(socket, opening)),
        Err(error) => Err(NoTls::Failed(error)),
    }
}

impl Door {
    /// The way into a server that may have so many connections.
    pub(crate) fn new(
        connections_max: usize,
        addresses: Arc<Addresses>,
        names: Arc<Names>,
        (roads, log): (Roads, Arc<ConnectionLog>),
    ) -> Self {
        let send_queues = SendQueues::new(addresses.limits.send_queue_bytes, SEND_QUEUES_BYTES_MAX);
        Self {
            admission: Admission::new(addresses.limits.clone(), connections_max, Instant::now()),
            addresses,
            names,
            send_queues,
            roads,
            places: Places::new(connections_max),
            log,
            farewells: Arc::new(Semaphore::new(FAREWELLS_MAX)),
        }
    }

    /// Makes a connection of IRC.
    pub(crate) async fn enter(&self, guest: Guest, reader: Reader) {
        let Guest { stream, address, is_secure, ticket } = guest;
        let peer = Peer { secure: is_secure, ..self.addresses.peer(address) };
        let id = self.names.take();
        let by = if reader.framing() == Framing::Lines { "lines" } else { "WebSocket" };
        self.log.connected(id, log::Arrival { address, by, is_secure });
        let connection = Arc::new(Connection::new(stream, reader.framing(), &self.send_queues, ticket));
        let opened = HubInput::Opened(id, Arc::clone(&connection));
        let connected = HubInput::Server(Input::Connected { connection: id, peer });
        let hub = &self.roads.hub;
        if hub.send(opened).await.is_ok() && hub.send(connected).await.is_ok() {
            tokio::spawn(Task { id, connection, roads: self.roads.clone(), reader }.run());
        }
    }
}
