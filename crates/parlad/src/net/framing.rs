//! The two framings of a connection: lines that end with CR LF, and WebSocket messages with one line each.
//!
//! WebSocket is RFC 6455, and the contents of its messages are defined by
//! <https://ircv3.net/specs/extensions/websocket>. `tungstenite` parses frames from the client; it sees bytes
//! and never a socket.

use std::io::{self, Read, Write};

use parla_proto::{
    framing::{Frame, Framer},
    limits::CLIENT_LINE_BYTES_MAX,
    line::fitting,
};
use tungstenite::{
    Error, Message,
    protocol::{
        CloseFrame, Role, WebSocketConfig, WebSocketContext,
        frame::{
            Frame as Outgoing, FrameHeader, Utf8Bytes,
            coding::{CloseCode, Data, OpCode},
        },
    },
};

use crate::{
    limits::{
        BLANK_LINES_PER_COMMAND, WEBSOCKET_MESSAGE_BYTES_MAX, WEBSOCKET_READ_BYTES,
        WEBSOCKET_UNHEARD_BYTES_MAX,
    },
    net::opening::TLS_RECORD,
};

/// How the lines of a connection are separated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// With CR LF.
    Lines,
    /// As WebSocket text messages of one line each, in UTF-8.
    Text,
    /// As WebSocket binary messages of one line each.
    Binary,
}

impl Framing {
    /// Appends the framed form of a line, which is given with its CR LF.
    pub(crate) fn append(self, line: &[u8], to: &mut Vec<u8>) {
        let text = line.strip_suffix(b"\r\n").unwrap_or(line);
        match self {
            Self::Lines => to.extend_from_slice(line),
            Self::Text => append_message(Data::Text, String::from_utf8_lossy(text).as_bytes(), to),
            Self::Binary => append_message(Data::Binary, text, to),
        }
    }

    /// The bytes to send after the last line, with a reason for programs; the line before it is for people.
    /// RFC 6455, section 5.5.1 limits the reason to 123 bytes.
    pub(crate) fn goodbye(self, code: CloseCode, reason: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        if self != Self::Lines {
            let frame = CloseFrame { code, reason: Utf8Bytes::from(fitting(reason, 123)) };
            // Writing to memory does not fail.
            let _ = Outgoing::close(Some(frame)).format(&mut bytes);
        }
        bytes
    }
}

fn append_message(data: Data, payload: &[u8], to: &mut Vec<u8>) {
    let header = FrameHeader { opcode: OpCode::Data(data), ..FrameHeader::default() };
    // Writing to memory does not fail.
    let _ = header.format(payload.len() as u64, to);
    to.extend_from_slice(payload);
}

/// Divides what a client sends into lines.
#[derive(Debug)]
pub(crate) enum Reader {
    Lines(Lines),
    WebSocket(Box<WebSocket>),
}

/// Lines from a client, and empty ones between them.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    framer: Framer,
    /// Empty lines that have not been charged yet.
    blank: u32,
    has_begun: bool,
}

/// The reading half of a WebSocket.
#[derive(Debug)]
pub(crate) struct WebSocket {
    framing: Framing,
    context: WebSocketContext,
    /// Bytes since the last complete message.
    unheard_bytes: usize,
}

/// What the bytes of a client contain.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decoded<'a> {
    /// A line, or something that is too long for one.
    Line(Frame<'a>),
    /// An answer to a ping, to be sent at once; nothing for the server.
    Reply(&'a [u8]),
    /// Something that is not a line but counts like one: an empty message, a ping, or a number of empty
    /// lines.
    Blank,
}

impl Reader {
    /// A reader for lines that end with CR LF.
    pub(crate) fn lines() -> Self {
        Self::Lines(Lines::default())
    }

    /// A reader for a WebSocket from which these bytes have already been read.
    pub(crate) fn web_socket(framing: Framing, early: Vec<u8>) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(WEBSOCKET_READ_BYTES)
            .write_buffer_size(0)
            .max_message_size(Some(WEBSOCKET_MESSAGE_BYTES_MAX))
            .max_frame_size(Some(WEBSOCKET_MESSAGE_BYTES_MAX));
        let context = WebSocketContext::from_partially_read(early, Role::Server, Some(config));
        Self::WebSocket(Box::new(WebSocket { framing, context, unheard_bytes: 0 }))
    }

    /// Whether the first bytes are a TLS handshake in place of a line.
    pub(crate) fn begins_tls(&self, input: &[u8]) -> bool {
        matches!(self, Self::Lines(lines) if !lines.has_begun) && input.first() == Some(&TLS_RECORD)
    }

    /// The framing for sending.
    pub(crate) fn framing(&self) -> Framing {
        match self {
            Self::Lines(_) => Framing::Lines,
            Self::WebSocket(socket) => socket.framing,
        }
    }

    /// Takes the next bytes and passes each line that they complete to `each`.
    ///
    /// If the client has closed its side or broken the rules, returns the code to close the connection with.
    /// It must not be called again after that.
    pub(crate) fn feed(&mut self, input: &[u8], mut each: impl FnMut(Decoded<'_>)) -> Option<CloseCode> {
        match self {
            Self::Lines(lines) => {
                lines.feed(input, &mut each);
                None
            }
            Self::WebSocket(socket) => socket.feed(input, &mut each),
        }
    }
}

impl Lines {
    fn feed(&mut self, input: &[u8], each: &mut impl FnMut(Decoded<'_>)) {
        self.has_begun |= !input.is_empty();
        let mut lines = 0;
        self.framer.feed(input, CLIENT_LINE_BYTES_MAX, |frame| {
            lines += 1;
            each(Decoded::Line(frame));
        });
        let ends = input.iter().filter(|byte| **byte == b'\n').count();
        self.blank = self.blank.saturating_add(u32::try_from(ends.saturating_sub(lines)).unwrap_or(u32::MAX));
        while self.blank >= BLANK_LINES_PER_COMMAND {
            self.blank -= BLANK_LINES_PER_COMMAND;
            each(Decoded::Blank);
        }
    }
}

impl WebSocket {
    fn feed(&mut self, input: &[u8], each: &mut impl FnMut(Decoded<'_>)) -> Option<CloseCode> {
        let mut wire = Wire { input, each };
        self.unheard_bytes += input.len();
        loop {
            let message = self.context.read(&mut wire);
            if message.is_ok() {
                self.unheard_bytes = 0;
            }
            match message {
                Ok(Message::Text(text)) => lines(text.as_bytes(), wire.each),
                Ok(Message::Binary(bytes)) => lines(&bytes, wire.each),
                // The context answers the ping when it continues reading.
                Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => (wire.each)(Decoded::Blank),
                // The context would answer at once, but our answer must follow the last line.
                Ok(Message::Close(frame)) => {
                    return Some(frame.map_or(CloseCode::Normal, |frame| frame.code));
                }
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                    // A message that consists of this many empty frames will never end.
                    let is_endless = self.unheard_bytes > WEBSOCKET_UNHEARD_BYTES_MAX;
                    return is_endless.then_some(CloseCode::Policy);
                }
                Err(Error::Capacity(_)) => return Some(CloseCode::Size),
                Err(Error::Utf8(_)) => return Some(CloseCode::Invalid),
                Err(_) => return Some(CloseCode::Protocol),
            }
        }
    }
}

/// A message is one line. A superfluous line break at its end is ignored, and one in the middle divides it
/// into two lines.
fn lines(message: &[u8], each: &mut impl FnMut(Decoded<'_>)) {
    if message.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
        return each(Decoded::Blank);
    }
    for line in message.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() + 2 > CLIENT_LINE_BYTES_MAX {
            each(Decoded::Line(Frame::TooLong));
        } else if !line.is_empty() {
            each(Decoded::Line(Frame::Line(line)));
        }
    }
}

/// The received bytes, and where answers are sent, in the form of a socket.
struct Wire<'a, E> {
    input: &'a [u8],
    each: &'a mut E,
}

impl<E> Read for Wire<'_, E> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.input.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.input.read(buffer)
    }
}

impl<E: FnMut(Decoded<'_>)> Write for Wire<'_, E> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.each)(Decoded::Reply(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tungstenite::protocol::frame::coding::Control;

    use super::*;

    /// A frame as a client sends it: masked, and final or not.
    fn frame(opcode: OpCode, is_final: bool, payload: &[u8]) -> Vec<u8> {
        let header = FrameHeader { is_final, opcode, mask: Some([1, 2, 3, 4]), ..FrameHeader::default() };
        let mut bytes = Vec::new();
        Outgoing::from_payload(header, payload.to_vec().into()).format(&mut bytes).unwrap();
        bytes
    }

    fn text(payload: &str) -> Vec<u8> {
        frame(OpCode::Data(Data::Text), true, payload.as_bytes())
    }

    /// Feeds bytes in pieces of this size; returns the lines, the replies, and the close code once it has
    /// ended.
    fn fed(bytes: &[u8], piece: usize) -> (Vec<String>, Vec<u8>, Option<u16>) {
        let mut reader = Reader::web_socket(Framing::Text, Vec::new());
        let (mut lines, mut reply) = (Vec::new(), Vec::new());
        for piece in bytes.chunks(piece) {
            let closed = reader.feed(piece, |decoded| match decoded {
                Decoded::Line(Frame::Line(line)) => lines.push(String::from_utf8_lossy(line).into_owned()),
                Decoded::Line(Frame::TooLong) => lines.push("<too long>".to_owned()),
                Decoded::Line(Frame::Endless) => lines.push("<endless>".to_owned()),
                Decoded::Reply(bytes) => reply.extend(bytes),
                Decoded::Blank => lines.push("<blank>".to_owned()),
            });
            if let Some(code) = closed {
                return (lines, reply, Some(code.into()));
            }
        }
        (lines, reply, None)
    }

    #[track_caller]
    fn check(frames: &[Vec<u8>], lines: &[&str], close_code: Option<u16>) {
        let bytes = frames.concat();
        for piece in [1, 2, 7, 100_000] {
            let (found, _, code) = fed(&bytes, piece);
            assert_eq!((found, code), (lines.iter().map(ToString::to_string).collect(), close_code));
        }
    }

    #[test]
    fn a_message_is_a_line() {
        check(&[text("NICK a"), text(""), text("USER ü")], &["NICK a", "<blank>", "USER ü"], None);
        check(&[text("\r\n\n"), text("\nA\n\n")], &["<blank>", "A"], None);
        check(&[text("NICK a\r\n"), text("A\nB")], &["NICK a", "A", "B"], None);
        check(&[frame(OpCode::Data(Data::Binary), true, b"PING x")], &["PING x"], None);
    }

    #[test]
    fn fragments_are_put_together_around_a_ping() {
        let frames = [
            frame(OpCode::Data(Data::Text), false, b"PRIVMSG a :gr\xc3"),
            frame(OpCode::Control(Control::Ping), true, b"there?"),
            frame(OpCode::Data(Data::Continue), true, b"\xbc\xc3\x9fe"),
        ];
        check(&frames, &["<blank>", "PRIVMSG a :grüße"], None);
        let (_, reply, _) = fed(&frames.concat(), 3);
        assert_eq!(reply, b"\x8a\x06there?");
    }

    #[test]
    fn a_long_line_is_refused_and_a_longer_message_ends_it() {
        let fits = "x".repeat(CLIENT_LINE_BYTES_MAX - 2);
        check(&[text(&fits)], &[&fits], None);
        check(&[text(&format!("{fits}x")), text("PING a")], &["<too long>", "PING a"], None);
        let most = text(&"x".repeat(WEBSOCKET_MESSAGE_BYTES_MAX));
        check(&[most, text("PING a")], &["<too long>", "PING a"], None);
        check(&[text(&"x".repeat(WEBSOCKET_MESSAGE_BYTES_MAX + 1))], &[], Some(1009));
        let half = "x".repeat(WEBSOCKET_MESSAGE_BYTES_MAX / 2 + 1);
        let parts = [
            frame(OpCode::Data(Data::Binary), false, half.as_bytes()),
            frame(OpCode::Data(Data::Continue), true, half.as_bytes()),
        ];
        check(&parts, &[], Some(1009));
    }

    #[test]
    fn whoever_breaks_the_rules_is_told_which() {
        check(&[text("NICK a"), b"\x81\x01x".to_vec()], &["NICK a"], Some(1002));
        check(&[b"NICK a\r\nUSER a 0 * :a\r\n".to_vec()], &[], Some(1002));
        check(&[frame(OpCode::Data(Data::Text), true, b"\xff")], &[], Some(1007));
        check(&[frame(OpCode::Data(Data::Continue), true, b"x")], &[], Some(1002));
        let compressed = FrameHeader { rsv1: true, mask: Some([0; 4]), ..FrameHeader::default() };
        let mut bytes = Vec::new();
        Outgoing::from_payload(compressed, Vec::new().into()).format(&mut bytes).unwrap();
        check(&[bytes], &[], Some(1002));
    }

    #[test]
    fn a_close_is_answered_with_its_code() {
        check(
            &[text("QUIT"), frame(OpCode::Control(Control::Close), true, b"\x03\xe9bye")],
            &["QUIT"],
            Some(1001),
        );
        check(&[frame(OpCode::Control(Control::Close), true, b"")], &[], Some(1000));
    }

    /// A client that sends a lot of nothing is throttled like one that sends lines.
    #[test]
    fn what_says_nothing_costs_too() {
        let ping = frame(OpCode::Control(Control::Ping), true, b"");
        let pong = frame(OpCode::Control(Control::Pong), true, b"x");
        check(&[ping.clone(), pong, ping], &["<blank>"; 3], None);

        let mut reader = Reader::lines();
        let mut decoded = Vec::new();
        let blank = "\r\n\n".repeat(100);
        for piece in ["NICK a\r\n", &blank, "\nUSER b\n"] {
            reader.feed(piece.as_bytes(), |one| decoded.push(one == Decoded::Blank));
        }
        let blanks = decoded.iter().filter(|is_blank| **is_blank).count();
        assert_eq!((decoded.len(), blanks), (2 + 201 / 16, 201 / 16));
    }

    #[test]
    fn a_message_of_empty_pieces_is_ended() {
        let mut bytes = frame(OpCode::Data(Data::Text), false, b"PING ");
        for _ in 0..10_000 {
            bytes.extend(frame(OpCode::Data(Data::Continue), false, b""));
        }
        for piece in [7, 4_096] {
            assert_eq!(fed(&bytes, piece).2, Some(1008));
        }
    }

    #[test]
    fn tls_where_a_line_should_come() {
        let mut reader = Reader::lines();
        assert!(reader.begins_tls(b"\x16\x03\x01") && !reader.begins_tls(b"NICK a"));
        reader.feed(b"NICK a\r\n", |_| {});
        assert!(!reader.begins_tls(b"\x16\x03\x01"), "not in the middle");
        assert!(!Reader::web_socket(Framing::Text, Vec::new()).begins_tls(b"\x16"));
    }

    #[test]
    fn what_came_with_the_request_is_not_lost() {
        let mut reader = Reader::web_socket(Framing::Binary, text("NICK a"));
        let mut lines = 0;
        reader.feed(&[], |decoded| lines += u32::from(decoded == Decoded::Line(Frame::Line(b"NICK a"))));
        assert_eq!(lines, 1);
    }

    #[test]
    fn lines_become_messages() {
        let sent = |framing: Framing, line: &[u8]| {
            let mut bytes = Vec::new();
            framing.append(line, &mut bytes);
            bytes
        };
        assert_eq!(sent(Framing::Lines, b"PING\r\n"), b"PING\r\n");
        assert_eq!(sent(Framing::Text, b"PING\r\n"), b"\x81\x04PING");
        assert_eq!(sent(Framing::Text, b"\xff\r\n"), b"\x81\x03\xef\xbf\xbd");
        assert_eq!(sent(Framing::Binary, b"\xff\r\n"), b"\x82\x01\xff");
        let long = [[b'x'; 300].as_slice(), b"\r\n"].concat();
        assert_eq!(sent(Framing::Binary, &long)[..5], [0x82, 126, 1, 44, b'x']);
        assert_eq!(Framing::Text.goodbye(CloseCode::Away, ""), b"\x88\x02\x03\xe9");
        assert_eq!(Framing::Text.goodbye(CloseCode::Policy, "No"), b"\x88\x04\x03\xf0No");
        assert_eq!(Framing::Binary.goodbye(CloseCode::Policy, &"x".repeat(200)).len(), 127);
        assert!(Framing::Lines.goodbye(CloseCode::Away, "").is_empty());
    }
}
