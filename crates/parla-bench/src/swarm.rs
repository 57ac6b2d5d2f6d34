//! The clients' sockets: connecting, sending, and reading into one large buffer that all of them share. Uses
//! epoll on a single thread, because the load generator has to be cheaper than the server. Answers PING, and
//! passes all other lines to a [`Receiver`]. Knows nothing of registration or rooms.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4},
    time::{Duration, Instant},
};

use rustix::{
    buffer::spare_capacity,
    event::{Timespec, epoll},
    fd::OwnedFd,
    io::{self, Errno},
    net::{self, AddressFamily, SocketFlags, SocketType, sockopt},
};

use crate::{
    error::{Error, cannot},
    wire::{self, Line, Reply},
};

const EVENTS_MAX: usize = 1024;
const READ_BYTES: usize = 256 * 1024;
/// The number of clients that share a source address, because an address has only about 28,000 ports to
/// connect from.
const CLIENTS_PER_SOURCE: usize = 10_000;
/// Edge-triggered: a level-triggered epoll would check every socket once more after it was read.
const WATCHED: epoll::EventFlags = epoll::EventFlags::IN
    .union(epoll::EventFlags::OUT)
    .union(epoll::EventFlags::RDHUP)
    .union(epoll::EventFlags::ET);
/// After one of these events no further edge follows.
const LAST: epoll::EventFlags =
    epoll::EventFlags::RDHUP.union(epoll::EventFlags::HUP).union(epoll::EventFlags::ERR);

/// Receives the lines that arrive for clients.
pub(crate) trait Receiver {
    /// Processes one line.
    fn receive(&mut self, swarm: &mut Swarm, arrival: Arrival<'_>);
}

/// A line that arrived.
pub(crate) struct Arrival<'a> {
    /// The index of the client that received it.
    pub(crate) client: usize,
    /// When it was read.
    pub(crate) at: Instant,
    /// The line.
    pub(crate) line: Line<'a>,
}

struct Client {
    /// The socket; `None` once the server has closed the connection.
    socket: Option<OwnedFd>,
    /// The beginning of a line that has not arrived completely.
    partial: Vec<u8>,
    /// What the socket has not accepted yet.
    unsent: Vec<u8>,
}

/// All clients of a run.
pub(crate) struct Swarm {
    server: SocketAddr,
    epoll: OwnedFd,
    clients: Vec<Client>,
    /// The number of connections that the server closed.
    pub(crate) closed: usize,
    /// The number of lines that refused something.
    pub(crate) refusals: u64,
    /// The first of those lines.
    pub(crate) first_refusal: Option<String>,
}

impl Swarm {
    /// A swarm without clients.
    pub(crate) fn new(server: SocketAddr) -> Result<Self, Error> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(cannot("create an epoll"))?;
        Ok(Self { server, epoll, clients: Vec::new(), closed: 0, refusals: 0, first_refusal: None })
    }

    /// The number of clients that have been connected so far.
    pub(crate) fn len(&self) -> usize {
        self.clients.len()
    }

    /// Connects one more client. The clients are numbered from 0.
    pub(crate) fn connect(&mut self) -> Result<usize, Error> {
        let client = self.clients.len();
        let socket = self.open_socket(client).map_err(cannot("connect to the server"))?;
        let datum = epoll::EventData::new_u64(client as u64);
        epoll::add(&self.epoll, &socket, datum, WATCHED).map_err(cannot("watch a socket"))?;
        self.clients.push(Client { socket: Some(socket), partial: Vec::new(), unsent: Vec::new() });
        Ok(client)
    }

    fn open_socket(&self, client: usize) -> io::Result<OwnedFd> {
        let family = if self.server.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        let socket = net::socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
        let group = u8::try_from(client / CLIENTS_PER_SOURCE).unwrap_or(u8::MAX - 1);
        if group > 0 && self.server.ip() == IpAddr::V4(Ipv4Addr::LOCALHOST) {
            sockopt::set_socket_reuseaddr(&socket, true)?;
            net::bind(&socket, &SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 1 + group), 0))?;
        }
        // Connecting blocks: on one machine it takes no longer than the handshake in the kernel.
        net::connect(&socket, &self.server)?;
        io::ioctl_fionbio(&socket, true)?;
        sockopt::set_tcp_nodelay(&socket, true)?;
        Ok(socket)
    }

    /// Sends complete lines from a client; what the socket does not accept now follows when it can.
    pub(crate) fn send(&mut self, client: usize, lines: &[u8]) {
        let Some(it) = self.clients.get_mut(client) else { return };
        let Some(socket) = &it.socket else { return };
        if !it.unsent.is_empty() {
            it.unsent.extend_from_slice(lines);
            return;
        }
        let taken = match io::write(socket, lines) {
            Ok(bytes) => bytes,
            Err(Errno::AGAIN | Errno::INTR) => 0,
            Err(_) => return self.close(client),
        };
        it.unsent.extend_from_slice(lines.get(taken..).unwrap_or_default());
    }

    /// Counts a line with which the server refuses something.
    pub(crate) fn refused(&mut self, reply: &Reply<'_>) {
        self.refusals += 1;
        self.first_refusal.get_or_insert_with(|| {
            let command = String::from_utf8_lossy(reply.command);
            format!("{command} {}", String::from_utf8_lossy(reply.parameters))
        });
    }

    fn flush(&mut self, client: usize) {
        let Some(it) = self.clients.get_mut(client).filter(|it| !it.unsent.is_empty()) else { return };
        let Some(socket) = &it.socket else { return };
        match io::write(socket, &it.unsent) {
            Ok(bytes) => drop(it.unsent.drain(..bytes)),
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(_) => self.close(client),
        }
    }

    fn close(&mut self, client: usize) {
        if let Some(it) = self.clients.get_mut(client)
            && it.socket.take().is_some()
        {
            self.closed += 1;
        }
    }
}

/// The result of a read.
#[derive(Debug, PartialEq, Eq)]
enum Took {
    /// Nothing, either for now or for good.
    Nothing,
    /// Less than there was space for; more will be announced by another edge.
    AllThereWas,
    /// As much as there was space for; there may be more.
    ABufferFull,
}

/// The reading side: the buffer and the events that all clients share.
pub(crate) struct Intake {
    buffer: Vec<u8>,
    events: Vec<epoll::Event>,
    /// Bytes received since the intake was made.
    pub(crate) bytes: u64,
}

impl Intake {
    /// Allocates the shared buffer.
    pub(crate) fn new() -> Self {
        Self { buffer: vec![0; READ_BYTES], events: Vec::with_capacity(EVENTS_MAX), bytes: 0 }
    }

    /// Waits at most `timeout` (rounded up to milliseconds) for sockets, reads each of the ready ones until
    /// it is empty, and returns how many those were.
    pub(crate) fn poll(
        &mut self,
        swarm: &mut Swarm,
        timeout: Duration,
        receiver: &mut impl Receiver,
    ) -> Result<usize, Error> {
        let timeout = Timespec::try_from(timeout).ok();
        match epoll::wait(&swarm.epoll, spare_capacity(&mut self.events), timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(cannot("wait for sockets")(error)),
        }
        let mut events = std::mem::take(&mut self.events);
        let ready = events.len();
        for event in events.drain(..) {
            let (client, flags) = (event.data.u64() as usize, event.flags);
            if flags.contains(epoll::EventFlags::OUT) {
                swarm.flush(client);
            }
            if flags != epoll::EventFlags::OUT {
                let last = flags.intersects(LAST);
                while match self.read(swarm, client, receiver) {
                    Took::Nothing => false,
                    Took::AllThereWas => last,
                    Took::ABufferFull => true,
                } {}
            }
        }
        self.events = events;
        Ok(ready)
    }

    #[inline]
    fn read(&mut self, swarm: &mut Swarm, client: usize, receiver: &mut impl Receiver) -> Took {
        let Some(Client { socket: Some(socket), partial, .. }) = swarm.clients.get_mut(client) else {
            return Took::Nothing;
        };
        let kept = partial.len();
        let Some((front, space)) = self.buffer.split_at_mut_checked(kept) else {
            swarm.close(client);
            return Took::Nothing;
        };
        front.copy_from_slice(partial);
        let space_bytes = space.len();
        let bytes = match io::retry_on_intr(|| io::read(&*socket, &mut *space)) {
            Err(Errno::AGAIN) => return Took::Nothing,
            Ok(0) | Err(_) => {
                swarm.close(client);
                return Took::Nothing;
            }
            Ok(bytes) => bytes,
        };
        self.bytes += bytes as u64;
        let filled = self.buffer.get(..kept + bytes).unwrap_or_default();
        partial.clear();
        let at = Instant::now();
        let rest = wire::split_lines(filled, |line| match wire::parse(line) {
            Line::Ping(token) => swarm.send(client, &[b"PONG ", token, b"\r\n"].concat()),
            line => receiver.receive(swarm, Arrival { client, at, line }),
        });
        if let (false, Some(client)) = (rest.is_empty(), swarm.clients.get_mut(client)) {
            client.partial.extend_from_slice(rest);
        }
        if bytes == space_bytes { Took::ABufferFull } else { Took::AllThereWas }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::{Shutdown, TcpListener},
    };

    use super::*;

    #[derive(Default)]
    struct Arrivals(Vec<String>);

    impl Receiver for Arrivals {
        fn receive(&mut self, _: &mut Swarm, arrival: Arrival<'_>) {
            self.0.push(format!("{} {:?}", arrival.client, arrival.line));
        }
    }

    #[test]
    fn lines_arrive_whole_and_pings_are_answered() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut swarm = Swarm::new(listener.local_addr().unwrap()).unwrap();
        let (mut intake, mut arrivals) = (Intake::new(), Arrivals::default());
        let client = swarm.connect().unwrap();
        let (mut server, _) = listener.accept().unwrap();
        for part in ["PRIVMSG #bench0 :~0000000", "00007\r\nPI", "NG :a b\r\n"] {
            server.write_all(part.as_bytes()).unwrap();
            while intake.poll(&mut swarm, Duration::from_millis(20), &mut arrivals).unwrap() > 0 {}
        }
        assert_eq!(arrivals.0, ["0 Message(7)"]);
        swarm.send(client, b"QUIT\r\n");
        let mut answer = [0; 17];
        server.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"PONG :a b\r\nQUIT\r\n");

        // What arrives together with the end of the connection is read, and the end is noticed.
        server.write_all(b"PRIVMSG #bench0 :~000000000008\r\n").unwrap();
        server.shutdown(Shutdown::Both).unwrap();
        while swarm.closed == 0 {
            intake.poll(&mut swarm, Duration::from_secs(5), &mut arrivals).unwrap();
        }
        assert_eq!(arrivals.0, ["0 Message(7)", "0 Message(8)"]);
    }

    #[test]
    fn what_a_full_socket_does_not_take_follows() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut swarm = Swarm::new(listener.local_addr().unwrap()).unwrap();
        let (mut intake, mut arrivals) = (Intake::new(), Arrivals::default());
        let client = swarm.connect().unwrap();
        let (mut server, _) = listener.accept().unwrap();
        let bytes = vec![b'x'; 16 * 1024 * 1024];
        swarm.send(client, &bytes);
        swarm.send(client, b"y");
        let reader = std::thread::spawn(move || {
            let mut got = vec![0; 16 * 1024 * 1024 + 1];
            server.read_exact(&mut got).map(|()| got)
        });
        while !reader.is_finished() {
            intake.poll(&mut swarm, Duration::from_millis(10), &mut arrivals).unwrap();
        }
        assert_eq!(reader.join().unwrap().unwrap().last(), Some(&b'y'));
    }
}
