//! A client that sends requests, and reads nothing except while it waits for a certain line.

use std::{
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream},
    time::Duration,
};

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, socket_with};

use crate::error::{Error, cannot};

/// How long a server may take to answer a request.
const PATIENCE: Duration = Duration::from_secs(120);

/// The number of rooms that a client creates.
const ROOMS: usize = 40;
/// The length of each room's topic.
const TOPIC_BYTES: usize = 380;

pub(super) struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    /// Connects from this loopback address.
    pub(super) fn connect(server: SocketAddr, from: Ipv4Addr) -> Result<Self, Error> {
        let socket = socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::CLOEXEC, None)
            .map_err(cannot("make a socket"))?;
        bind(&socket, &SocketAddrV4::new(from, 0)).map_err(cannot("take a local address"))?;
        connect(&socket, &server).map_err(cannot("connect to the server"))?;
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(PATIENCE)).map_err(cannot("set the time limit for reading"))?;
        stream.set_nodelay(true).map_err(cannot("send without delay"))?;
        Ok(Self { stream: BufReader::with_capacity(4096, stream) })
    }

    /// Registers with a capability that keeps the answer to JOIN small.
    pub(super) fn register(&mut self, nick: &str) -> Result<(), Error> {
        self.say(&format!("CAP REQ no-implicit-names\r\nNICK {nick}\r\nUSER u 0 * :r\r\nCAP END\r\n"))?;
        self.wait_for(" 001 ").map(drop)
    }

    /// Creates many rooms with long topics.
    pub(super) fn ask_for_rooms(&mut self, client: usize) -> Result<(), Error> {
        let room = |number| format!("#r{client}-{number}");
        let topic = "t".repeat(TOPIC_BYTES);
        for half in [0..ROOMS / 2, ROOMS / 2..ROOMS] {
            let names: Vec<String> = half.map(room).collect();
            self.say(&format!("JOIN {}\r\n", names.join(",")))?;
        }
        (0..ROOMS).map(room).try_for_each(|room| self.say(&format!("TOPIC {room} :{topic}\r\n")))
    }

    /// Waits until all requests have been processed.
    pub(super) fn wait_until_done(&mut self) -> Result<(), Error> {
        self.say("PING done\r\n")?;
        self.wait_for("PONG").map(drop)
    }

    pub(super) fn say(&mut self, lines: &str) -> Result<(), Error> {
        self.stream.get_mut().write_all(lines.as_bytes()).map_err(cannot("write to the server"))
    }

    /// Reads until a line contains this text.
    pub(super) fn wait_for(&mut self, part: &str) -> Result<String, Error> {
        loop {
            let mut line = String::new();
            let read = self.stream.read_line(&mut line).map_err(cannot("read from the server"))?;
            if read == 0 {
                return Err(Error::Settings("the server closed a connection"));
            }
            if line.contains(part) {
                return Ok(line);
            }
        }
    }
}
