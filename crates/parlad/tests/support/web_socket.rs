//! A client of IRC over WebSocket. It sends and reads lines like [`Client`](super::Client), and sends broken
//! frames on request.

use std::{
    io::Write as _,
    net::{SocketAddr, TcpStream},
    time::Instant,
};

use tungstenite::{
    Error, Message, WebSocket,
    client::IntoClientRequest as _,
    handshake::client::Response,
    protocol::{
        CloseFrame,
        frame::{
            Frame,
            coding::{CloseCode, Data, OpCode},
        },
    },
};

use super::PATIENCE;

pub(crate) const TEXT: &str = "text.ircv3.net";
pub(crate) const BINARY: &str = "binary.ircv3.net";

pub(crate) struct WebClient {
    socket: WebSocket<TcpStream>,
    /// What the server agreed to.
    pub(crate) response: Response,
    is_binary: bool,
    pings: u32,
    /// Messages that are not lines, in order.
    pub(crate) controls: Vec<Message>,
}

impl WebClient {
    /// Opens a connection on which nothing has been sent, and offers these subprotocols.
    pub(crate) fn open(address: SocketAddr, subprotocols: &str) -> Self {
        let mut request = format!("ws://{address}/irc").into_client_request().unwrap();
        if !subprotocols.is_empty() {
            request.headers_mut().insert("Sec-WebSocket-Protocol", subprotocols.parse().unwrap());
        }
        let stream = TcpStream::connect_timeout(&address, PATIENCE).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        let (socket, response) = tungstenite::client(request, stream).unwrap();
        let is_binary = response.headers().get("sec-websocket-protocol").is_some_and(|name| name == BINARY);
        Self { socket, response, is_binary, pings: 0, controls: Vec::new() }
    }

    /// A client that has registered with these capabilities.
    pub(crate) fn register(address: SocketAddr, nick: &str, capabilities: &str) -> Self {
        let mut client = Self::open(address, TEXT);
        client.introduce(nick, capabilities);
        client
    }

    /// Registers, and reads everything that this causes.
    pub(crate) fn introduce(&mut self, nick: &str, capabilities: &str) {
        if !capabilities.is_empty() {
            self.send(&format!("CAP REQ :{capabilities}"));
        }
        self.send(&format!("NICK {nick}"));
        self.send(&format!("USER {nick} 0 * :{nick}"));
        self.send("CAP END");
        self.until(|line| line.contains(" 376 ") || line.contains(" 422 "));
        self.sync();
    }

    pub(crate) fn send(&mut self, line: &str) {
        let line = line.to_owned();
        let message = if self.is_binary { Message::binary(line) } else { Message::text(line) };
        self.send_message(message);
    }

    /// Sends a line that the server may no longer accept.
    pub(crate) fn try_send(&mut self, line: &str) {
        let _ = self.socket.send(Message::text(line.to_owned()));
    }

    /// The next line; `None` if the connection ends or breaks.
    pub(crate) fn try_line(&mut self) -> Option<String> {
        self.try_bytes().ok().flatten().map(|bytes| String::from_utf8(bytes).unwrap())
    }

    pub(crate) fn send_message(&mut self, message: Message) {
        self.socket.send(message).unwrap();
    }

    /// Sends one fragment of a message; only the last one is final.
    pub(crate) fn send_piece(&mut self, opcode: Data, bytes: &[u8], is_final: bool) {
        self.send_message(Message::Frame(Frame::message(bytes.to_vec(), OpCode::Data(opcode), is_final)));
    }

    /// Sends bytes without any framing.
    pub(crate) fn send_raw(&mut self, bytes: &[u8]) {
        self.socket.get_mut().write_all(bytes).unwrap();
    }

    pub(crate) fn close(&mut self, code: CloseCode) {
        let frame = CloseFrame { code, reason: "".into() };
        self.socket.close(Some(frame)).unwrap();
    }

    pub(crate) const fn is_binary(&self) -> bool {
        self.is_binary
    }

    /// The underlying connection, for writing to it directly.
    pub(crate) fn stream(&self) -> TcpStream {
        self.socket.get_ref().try_clone().unwrap()
    }

    /// The next line as bytes; `None` at the end of the connection.
    ///
    /// # Errors
    /// The connection ended without a closing frame.
    pub(crate) fn try_bytes(&mut self) -> Result<Option<Vec<u8>>, Error> {
        loop {
            match self.socket.read() {
                Ok(Message::Text(text)) => {
                    assert!(!self.is_binary, "text was not agreed on");
                    return Ok(Some(text.as_bytes().to_vec()));
                }
                Ok(Message::Binary(bytes)) => {
                    assert!(self.is_binary, "bytes were not agreed on");
                    return Ok(Some(bytes.to_vec()));
                }
                Ok(control) => self.controls.push(control),
                Err(Error::ConnectionClosed) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    /// The next line as bytes; `None` at the end of the connection.
    pub(crate) fn bytes(&mut self) -> Option<Vec<u8>> {
        self.try_bytes().unwrap_or_else(|error| panic!("the connection broke: {error}"))
    }

    /// The next line; `None` at the end of the connection.
    pub(crate) fn line(&mut self) -> Option<String> {
        let line = String::from_utf8(self.bytes()?).unwrap();
        assert!(!line.contains(['\r', '\n']), "a line has its end with it: {line:?}");
        Some(line)
    }

    /// Reads up to a line that meets the condition, and returns everything including that line.
    pub(crate) fn until(&mut self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let started = Instant::now();
        let mut lines = Vec::new();
        loop {
            let Some(line) = self.line() else { panic!("the connection ended after {lines:#?}") };
            let found = wanted(&line);
            lines.push(line);
            if found {
                return lines;
            }
            assert!(started.elapsed() < PATIENCE, "the wanted line did not come");
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

    /// Reads to the end of the connection; returns the lines and the server's close code.
    pub(crate) fn rest(&mut self) -> (Vec<String>, Option<u16>) {
        let mut lines = Vec::new();
        while let Some(line) = self.line() {
            lines.push(line);
        }
        let code = self.controls.iter().rev().find_map(|message| match message {
            Message::Close(frame) => frame.as_ref().map(|frame| frame.code.into()),
            _ => None,
        });
        (lines, code)
    }
}
