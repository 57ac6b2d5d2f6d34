//! A client that sends and reads lines, and knows nothing else.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, SocketAddr, SocketAddrV4, TcpStream},
    time::{Duration, Instant},
};

use rustix::net::{self, AddressFamily, SocketType};

use super::PATIENCE;

pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// How much of the buffer has been returned already.
    taken: usize,
    pings: u32,
}

impl Client {
    /// Opens a connection on which nothing has been sent.
    pub(crate) fn open(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect_timeout(&address, PATIENCE).unwrap())
    }

    /// The same, if the server is still there.
    pub(crate) fn try_open(address: SocketAddr) -> Option<Self> {
        TcpStream::connect_timeout(&address, PATIENCE).ok().map(Self::over)
    }

    /// Opens a connection from 127.0.0.2, which no configuration here exempts from limits. Its socket buffers
    /// little that is not read.
    pub(crate) fn open_limited(address: SocketAddr) -> Self {
        Self::open_from(Ipv4Addr::new(127, 0, 0, 2), address)
    }

    /// The same from another address of this computer.
    pub(crate) fn open_from(from: Ipv4Addr, address: SocketAddr) -> Self {
        let socket = net::socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        net::sockopt::set_socket_recv_buffer_size(&socket, 4096).unwrap();
        net::bind(&socket, &SocketAddrV4::new(from, 0)).unwrap();
        net::connect(&socket, &address).unwrap();
        Self::over(TcpStream::from(socket))
    }

    fn over(stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::new(), taken: 0, pings: 0 }
    }

    /// A client that has registered with these capabilities.
    pub(crate) fn register(address: SocketAddr, nick: &str, capabilities: &str) -> Self {
        let mut client = Self::open(address);
        client.introduce(nick, capabilities);
        client
    }

    /// Registers, and reads everything that this causes.
    pub(crate) fn introduce(&mut self, nick: &str, capabilities: &str) {
        if !capabilities.is_empty() {
            self.send(&format!("CAP REQ :{capabilities}"));
        }
        self.send(&format!("NICK {nick}\r\nUSER {nick} 0 * :{nick}\r\nCAP END"));
        self.until(|line| line.contains(" 376 ") || line.contains(" 422 "));
        self.sync();
    }

    /// Tries to sign in to an account, before or after registration. Returns the numeric of the result.
    pub(crate) fn sign_in(&mut self, account: &str, password: &str) -> String {
        let result = self.sign_in_result(account, password);
        result.split(' ').nth(1).unwrap().to_owned()
    }

    /// The same, with the whole line.
    pub(crate) fn sign_in_result(&mut self, account: &str, password: &str) -> String {
        self.send("CAP REQ sasl\r\nAUTHENTICATE PLAIN");
        self.until(|line| line == "AUTHENTICATE +");
        let given = format!("\0{account}\0{password}");
        self.send(&format!("AUTHENTICATE {}", data_encoding::BASE64.encode(given.as_bytes())));
        let is_result = |line: &str| [" 903 ", " 904 ", " 907 "].iter().any(|numeric| line.contains(numeric));
        self.until(is_result).pop().unwrap()
    }

    pub(crate) fn send(&mut self, line: &str) {
        self.send_bytes(format!("{line}\r\n").as_bytes());
    }

    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// Sends bytes that the server may no longer accept.
    pub(crate) fn try_send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Waits until there are unread bytes.
    pub(crate) fn has_unread(&self) {
        self.stream.peek(&mut [0]).unwrap();
    }

    /// The next line; `None` at the end of the connection.
    pub(crate) fn line(&mut self) -> Option<String> {
        let started = Instant::now();
        loop {
            let rest = self.buffer.get(self.taken..).unwrap_or_default();
            if let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line = String::from_utf8(rest.get(..end)?.to_vec()).unwrap();
                self.taken += end + 1;
                return Some(line.trim_end_matches('\r').to_owned());
            }
            self.buffer.drain(..self.taken);
            self.taken = 0;
            let mut bytes = [0; 16 * 1024];
            match self.stream.read(&mut bytes) {
                Ok(0) => return None,
                Ok(count) => self.buffer.extend(bytes.iter().take(count)),
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => {
                    return None;
                }
                Err(error) => panic!("no line came: {error}; half a line: {:?}", self.half()),
            }
            assert!(started.elapsed() < PATIENCE, "no whole line came: {:?}", self.half());
        }
    }

    /// The next line, if one comes within this time.
    pub(crate) fn line_within(&mut self, time: Duration) -> Option<String> {
        let has_line = self.buffer.iter().skip(self.taken).any(|byte| *byte == b'\n');
        self.stream.set_read_timeout(Some(time)).unwrap();
        let comes = has_line || self.stream.peek(&mut [0]).is_ok();
        self.stream.set_read_timeout(Some(PATIENCE)).unwrap();
        if comes { self.line() } else { None }
    }

    fn half(&self) -> String {
        String::from_utf8_lossy(&self.buffer).chars().take(200).collect()
    }

    /// Reads up to a line that meets the condition, and returns everything including that line.
    pub(crate) fn until(&mut self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let started = Instant::now();
        let mut lines = Vec::new();
        loop {
            let Some(line) = self.line() else { panic!("the connection ended after\n{}", tail(&lines)) };
            let found = wanted(&line);
            lines.push(line);
            if found {
                return lines;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "the wanted line did not come; the last were {:#?}",
                tail(&lines)
            );
        }
    }

    /// Reads everything that comes before the answer to a PING.
    pub(crate) fn sync(&mut self) -> Vec<String> {
        self.pings += 1;
        let token = format!("sync{}", self.pings);
        self.send(&format!("PING {token}"));
        let end = format!(":{token}");
        let mut lines = self.until(|line| line.contains(" PONG ") && line.ends_with(&end));
        lines.pop();
        lines
    }

    /// Reads to the end of the connection.
    pub(crate) fn rest(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(line) = self.line() {
            lines.push(line);
        }
        lines
    }

    /// Closes this side of the connection.
    pub(crate) fn close_half(&self) {
        self.stream.shutdown(Shutdown::Write).unwrap();
    }

    /// A second handle on the connection, for writing while the other reads. Lines go to whichever reads
    /// first.
    pub(crate) fn twin(&self) -> Self {
        Self::over(self.stream.try_clone().unwrap())
    }
}

/// The last lines, abbreviated, for whoever reads why a test failed.
fn tail(lines: &[String]) -> String {
    let last = lines.iter().skip(lines.len().saturating_sub(10));
    last.map(|line| line.chars().take(200).chain(['\n']).collect::<String>()).collect()
}

/// A message that a client received.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ReceivedMessage {
    /// Empty without the capability `message-tags`.
    pub(crate) msgid: String,
    pub(crate) sender: String,
    pub(crate) target: String,
    pub(crate) text: String,
}

impl ReceivedMessage {
    /// Parses a PRIVMSG; `None` for any other line.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let (tags, rest) = match line.strip_prefix('@') {
            Some(rest) => rest.split_once(' ')?,
            None => ("", line),
        };
        let (source, rest) = rest.strip_prefix(':')?.split_once(' ')?;
        let (target, text) = rest.strip_prefix("PRIVMSG ")?.split_once(" :")?;
        let msgid = tags.split(';').find_map(|tag| tag.strip_prefix("msgid=")).unwrap_or_default();
        let sender = source.split('!').next().unwrap_or_default();
        Some(Self {
            msgid: msgid.to_owned(),
            sender: sender.to_owned(),
            target: target.to_owned(),
            text: text.to_owned(),
        })
    }
}
