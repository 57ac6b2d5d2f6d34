//! A port for clients that speak IRC lines, which are passed on to the server through WebSockets.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    thread,
};

use tungstenite::{
    Message, WebSocket,
    protocol::{CloseFrame, Role, frame::coding::CloseCode},
};

use super::WebClient;

/// Opens such a port and returns its address. It is served until the process ends.
pub(crate) fn open(http: SocketAddr, subprotocol: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming() {
            pass_on(client.unwrap(), WebClient::open(http, subprotocol));
        }
    });
    address
}

fn pass_on(client: TcpStream, mut server: WebClient) {
    client.set_nodelay(true).unwrap();
    let is_binary = server.is_binary();
    let (mut to_client, stream) = (client.try_clone().unwrap(), server.stream());
    thread::spawn(move || {
        // It ends with the client, or with a server that was killed.
        while let Some(mut line) = server.bytes() {
            line.extend(b"\r\n");
            if to_client.write_all(&line).is_err() {
                return;
            }
        }
        let _ = to_client.shutdown(Shutdown::Write);
    });
    thread::spawn(move || {
        let mut server = WebSocket::from_raw_socket(stream, Role::Client, None);
        let mut lines = BufReader::new(client);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            let end = line.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |last| last + 1);
            line.truncate(end);
            let message = match String::from_utf8(std::mem::take(&mut line)) {
                Ok(text) if !is_binary => Message::text(text),
                Ok(text) => Message::binary(text),
                Err(error) => Message::binary(error.into_bytes()),
            };
            if server.send(message).is_err() {
                return;
            }
        }
        let _ = server.close(Some(CloseFrame { code: CloseCode::Normal, reason: "".into() }));
    });
}
