//! The bare epoll fan-out loop: one thread, one `write` per message and member, and nothing else. It is the
//! limit that a server is measured against, so it keeps no queue: a client whose socket is full is
//! disconnected. It understands just enough IRC for the load generator, checks nothing, and never looks up a
//! client by name.

use std::{
    collections::HashMap,
    io::Write,
    mem,
    net::{SocketAddr, TcpListener},
};

use rustix::{
    buffer::spare_capacity,
    event::epoll,
    fd::{AsFd, OwnedFd},
    io::{self, Errno},
    net::{self, SocketFlags, sockopt},
};

use crate::{
    error::{Error, cannot},
    measure, output,
    wire::split_lines,
};

const EVENTS_MAX: usize = 1024;
const READ_BYTES: usize = 64 * 1024;
const BACKLOG: i32 = 4096;
const OPEN_FILES: u64 = 20_000;
/// The epoll data of the listening socket; those of clients are their indices.
const LISTENER: u64 = u64::MAX;

struct Client {
    socket: OwnedFd,
    /// The source of its messages: `nick!user@host`.
    source: Vec<u8>,
    /// The beginning of a line that has not arrived completely.
    partial: Vec<u8>,
    /// The indices of its rooms.
    rooms: Vec<usize>,
}

struct BareLoop {
    epoll: OwnedFd,
    listener: OwnedFd,
    clients: Vec<Option<Client>>,
    /// The unused indices of `clients`.
    free: Vec<usize>,
    room_index: HashMap<Vec<u8>, usize>,
    /// The members of each room, by client index.
    rooms: Vec<Vec<usize>>,
}

/// Prints the address that it listens on, and serves until the process is killed.
pub(crate) fn serve(listen: SocketAddr) -> Result<(), Error> {
    measure::allow_open_files(OPEN_FILES)?;
    let listener = TcpListener::bind(listen).map_err(cannot("listen"))?;
    let address = listener.local_addr().map_err(cannot("listen"))?;
    listener.set_nonblocking(true).map_err(cannot("listen"))?;
    // This asks for a longer queue than the standard library does.
    net::listen(&listener, BACKLOG).map_err(cannot("listen"))?;
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(cannot("create an epoll"))?;
    watch(&epoll, &listener, LISTENER)?;
    output::say(format!("listening on {address}"))?;
    let mut bare = BareLoop {
        epoll,
        listener: listener.into(),
        clients: Vec::new(),
        free: Vec::new(),
        room_index: HashMap::new(),
        rooms: Vec::new(),
    };
    bare.run()
}

fn watch(epoll: &OwnedFd, socket: impl AsFd, datum: u64) -> Result<(), Error> {
    epoll::add(epoll, socket, epoll::EventData::new_u64(datum), epoll::EventFlags::IN)
        .map_err(cannot("watch a socket"))
}

impl BareLoop {
    fn run(&mut self) -> Result<(), Error> {
        let mut events = Vec::with_capacity(EVENTS_MAX);
        let mut buffer = vec![0; READ_BYTES];
        loop {
            match epoll::wait(&self.epoll, spare_capacity(&mut events), None) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(cannot("wait for sockets")(error)),
            }
            for event in events.drain(..) {
                match event.data.u64() {
                    LISTENER => self.accept()?,
                    client => self.read(client as usize, &mut buffer),
                }
            }
        }
    }

    fn accept(&mut self) -> Result<(), Error> {
        loop {
            let socket = match net::accept_with(&self.listener, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC)
            {
                Ok(socket) => socket,
                Err(Errno::AGAIN) => return Ok(()),
                Err(Errno::INTR | Errno::CONNABORTED) => continue,
                Err(error) => return Err(cannot("accept a client")(error)),
            };
            sockopt::set_tcp_nodelay(&socket, true).map_err(cannot("set up a socket"))?;
            let index = self.free.pop().unwrap_or(self.clients.len());
            watch(&self.epoll, &socket, index as u64)?;
            let client = Client { socket, source: Vec::new(), partial: Vec::new(), rooms: Vec::new() };
            match self.clients.get_mut(index) {
                Some(place) => *place = Some(client),
                None => self.clients.push(Some(client)),
            }
        }
    }

    fn read(&mut self, index: usize, buffer: &mut [u8]) {
        let Some(client) = self.client(index) else { return };
        let partial = mem::take(&mut client.partial);
        let Some((front, space)) = buffer.split_at_mut_checked(partial.len()) else {
            return self.close(index);
        };
        front.copy_from_slice(&partial);
        let filled = match io::read(&client.socket, space) {
            Ok(0) => return self.close(index),
            Ok(bytes) => partial.len() + bytes,
            Err(Errno::AGAIN | Errno::INTR) => partial.len(),
            Err(_) => return self.close(index),
        };
        let rest = split_lines(buffer.get(..filled).unwrap_or_default(), |line| self.line(index, line));
        if let Some(client) = self.client(index) {
            client.partial.extend_from_slice(rest);
        }
    }

    fn line(&mut self, index: usize, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let (command, parameters) = match memchr::memchr(b' ', line) {
            Some(space) => (line.get(..space).unwrap_or_default(), line.get(space + 1..).unwrap_or_default()),
            None => (line, Default::default()),
        };
        match command {
            b"PRIVMSG" => self.message(index, parameters),
            b"JOIN" => self.join(index, parameters),
            b"NICK" => {
                if let Some(client) = self.client(index) {
                    client.source = parameters.to_vec();
                }
            }
            b"USER" => self.welcome(index, parameters),
            b"PING" => self.write(index, &[b":bare PONG bare ", parameters, b"\r\n"].concat()),
            b"QUIT" => self.close(index),
            _ => {}
        }
    }

    fn welcome(&mut self, index: usize, parameters: &[u8]) {
        let Some(client) = self.client(index) else { return };
        let nick = String::from_utf8_lossy(&client.source).into_owned();
        let user = parameters.split(|byte| *byte == b' ').next().unwrap_or_default();
        // Writing to a vector cannot fail.
        let _ = write!(client.source, "!{}@127.0.0.1", String::from_utf8_lossy(user));
        self.write(index, format!(":bare 001 {nick} :Welcome\r\n:bare 422 {nick} :No MOTD\r\n").as_bytes());
    }

    fn join(&mut self, index: usize, name: &[u8]) {
        let room = *self.room_index.entry(name.to_vec()).or_insert(self.rooms.len());
        if room == self.rooms.len() {
            self.rooms.push(Vec::new());
        }
        let Some(client) = self.clients.get_mut(index).and_then(Option::as_mut) else { return };
        let nick = client.source.split(|byte| *byte == b'!').next().unwrap_or_default();
        let echo = [
            &[b":", &client.source[..], b" JOIN ", name, b"\r\n"].concat()[..],
            &[b":bare 366 ", nick, b" ", name, b" :End\r\n"].concat(),
        ]
        .concat();
        if !client.rooms.contains(&room)
            && let Some(members) = self.rooms.get_mut(room)
        {
            client.rooms.push(room);
            members.push(index);
        }
        self.write(index, &echo);
    }

    /// Relays a message. This is the only thing that is measured.
    fn message(&mut self, sender: usize, parameters: &[u8]) {
        let Some(client) = self.client(sender) else { return };
        let line = [b":", &client.source[..], b" PRIVMSG ", parameters, b"\r\n"].concat();
        let name = parameters.split(|byte| *byte == b' ').next().unwrap_or_default();
        let room = self.room_index.get(name).and_then(|room| self.rooms.get(*room));
        let mut full = Vec::new();
        for member in room.into_iter().flatten().filter(|member| **member != sender) {
            if let Some(Some(client)) = self.clients.get(*member)
                && io::write(&client.socket, &line) != Ok(line.len())
            {
                full.push(*member);
            }
        }
        for member in full {
            self.close(member);
        }
    }

    fn write(&mut self, index: usize, bytes: &[u8]) {
        let Some(client) = self.client(index) else { return };
        if io::write(&client.socket, bytes) != Ok(bytes.len()) {
            self.close(index);
        }
    }

    fn client(&mut self, index: usize) -> Option<&mut Client> {
        self.clients.get_mut(index)?.as_mut()
    }

    fn close(&mut self, index: usize) {
        let Some(client) = self.clients.get_mut(index).and_then(Option::take) else { return };
        for room in client.rooms {
            if let Some(members) = self.rooms.get_mut(room) {
                members.retain(|member| *member != index);
            }
        }
        self.free.push(index);
    }
}
