//! One HTTP request, written by hand, and its answer.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

use super::PATIENCE;

/// A complete answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Everything before the body, unchanged.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The value of a header; empty if it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        let fields = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut values = fields.filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        let value = values.next().unwrap_or_default();
        assert_eq!(values.next(), None, "{name} twice in {}", self.head);
        value
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// Parses an answer that ends with its connection.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("no answer: {:?}", String::from_utf8_lossy(bytes)));
        let (head, rest) = bytes.split_at(end);
        let head = String::from_utf8(head.to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head, body: rest.iter().skip(4).copied().collect() }
    }
}

/// Sends these bytes and reads to the end.
pub(crate) fn exchange(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

/// Requests a path, with further header lines.
pub(crate) fn ask(address: SocketAddr, line: &str, fields: &[&str]) -> Answer {
    let host = format!("Host: {address}");
    let has_host = fields.iter().any(|field| field.starts_with("Host:"));
    let mut head = vec![format!("{line} HTTP/1.1"), "Connection: close".to_owned()];
    head.extend((!has_host).then_some(host));
    head.extend(fields.iter().map(ToString::to_string));
    Answer::parse(&exchange(address, (head.join("\r\n") + "\r\n\r\n").as_bytes()))
}

/// The answer to a WebSocket request, whose connection may continue after it.
pub(crate) fn upgrade(address: SocketAddr, line: &str, fields: &[&str]) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = [&[line], fields].concat().join("\r\n");
    stream.write_all(format!("{head}\r\n\r\n").as_bytes()).unwrap();
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() > 0 {
        bytes.extend(byte);
    }
    Answer::parse(&bytes)
}

/// Requests a path with GET.
pub(crate) fn get(address: SocketAddr, path: &str, fields: &[&str]) -> Answer {
    ask(address, &format!("GET {path}"), fields)
}
