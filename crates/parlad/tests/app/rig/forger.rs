//! A server that sends a page whatever a test wants. The page does not notice, because it is served by the
//! real server behind it.

use std::{
    io,
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::mpsc::{self, Receiver},
    thread,
};

use tungstenite::{
    Message, WebSocket,
    handshake::server::{Request, Response},
};

use crate::support::{PATIENCE, web_socket::TEXT};

/// The start of every line from this server.
const SOURCE: &str = ":irc.example.net";

/// Such a server. It runs until the process ends.
pub(crate) struct Forger {
    address: SocketAddr,
    peers: Receiver<Peer>,
}

/// A page that has connected to it.
pub(crate) struct Peer {
    socket: WebSocket<TcpStream>,
    nick: String,
}

impl Forger {
    /// Starts a forger in front of the server at `pages`.
    pub(crate) fn start(pages: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, peers) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let sender = sender.clone();
                thread::spawn(move || {
                    if !asks_for_lines(&stream) {
                        return pass_on(&stream, pages);
                    }
                    if let Some(peer) = Peer::shake_hands(stream) {
                        let _ = sender.send(peer);
                    }
                });
            }
        });
        Self { address, peers }
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits for a page to connect, and welcomes it.
    pub(crate) fn lets_in(&self) -> Peer {
        let mut peer = self.peers.recv_timeout(PATIENCE).unwrap();
        let nick = peer.until("NICK ");
        peer.nick = nick.trim_start_matches("NICK ").to_owned();
        peer.until("USER ");
        peer.says("CAP * LS :");
        peer.until("CAP END");
        peer.answers("001", ":Welcome");
        peer.answers("005", "CHANTYPES=# PREFIX=(ov)@+ NETWORK=Example :are supported");
        peer.answers("422", ":No message of the day");
        peer
    }
}

/// Whether this connection is to become a WebSocket. Reads nothing from it.
fn asks_for_lines(stream: &TcpStream) -> bool {
    let mut begin = [0; 9];
    let count = stream.peek(&mut begin).unwrap_or_default();
    begin.starts_with(b"GET /irc ") && count == begin.len()
}

fn pass_on(page: &TcpStream, pages: SocketAddr) {
    let Ok(server) = TcpStream::connect(pages) else { return };
    let (Ok(mut from_page), Ok(mut from_server)) = (page.try_clone(), server.try_clone()) else { return };
    let (mut to_page, mut to_server) = (page, server);
    thread::scope(|scope| {
        scope.spawn(move || {
            let _ = io::copy(&mut from_page, &mut to_server);
            let _ = to_server.shutdown(Shutdown::Write);
        });
        let _ = io::copy(&mut from_server, &mut to_page);
        let _ = to_page.shutdown(Shutdown::Both);
    });
}

impl Peer {
    fn shake_hands(stream: TcpStream) -> Option<Self> {
        stream.set_nodelay(true).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        #[expect(clippy::result_large_err, reason = "its type is tungstenite's")]
        let agree = |_: &Request, mut response: Response| {
            response.headers_mut().insert("Sec-WebSocket-Protocol", TEXT.parse().unwrap());
            Ok(response)
        };
        let socket = tungstenite::accept_hdr(stream, agree).ok()?;
        Some(Self { socket, nick: String::new() })
    }

    /// Sends a line unchanged.
    pub(crate) fn says(&mut self, line: &str) {
        self.socket.send(Message::text(line)).unwrap();
    }

    /// Sends many lines at once.
    pub(crate) fn says_all(&mut self, lines: impl IntoIterator<Item = String>) {
        for line in lines {
            self.socket.write(Message::text(line)).unwrap();
        }
        self.socket.flush().unwrap();
    }

    /// A numeric from the server to the person.
    pub(crate) fn numeric(&self, number: &str, rest: &str) -> String {
        format!("{SOURCE} {number} {} {rest}", self.nick)
    }

    /// Sends a numeric.
    pub(crate) fn answers(&mut self, number: &str, rest: &str) {
        self.says(&self.numeric(number, rest));
    }

    /// Puts the person into a room where bob is the operator.
    pub(crate) fn seats_in(&mut self, room: &str) {
        let nick = self.nick.clone();
        self.says(&format!(":{nick}!u@h JOIN {room}"));
        self.answers("353", &format!("= {room} :@bob {nick}"));
        self.answers("366", &format!("{room} :End"));
    }

    /// Reads up to a line with this beginning.
    pub(crate) fn until(&mut self, begin: &str) -> String {
        loop {
            let message = self.socket.read();
            let message = message.unwrap_or_else(|error| panic!("waited in vain for {begin}: {error}"));
            if let Message::Text(line) = message
                && line.starts_with(begin)
            {
                return line.as_str().to_owned();
            }
        }
    }
}
