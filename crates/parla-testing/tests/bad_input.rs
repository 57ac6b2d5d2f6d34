//! Every command with unexpected parameters, and every mode: the server answers, keeps its state consistent
//! and continues.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::net::{IpAddr, Ipv4Addr};

use parla_proto::{
    Capabilities, Message, Timestamp, command, limits,
    mode::{CHANNEL_MODES, USER_MODES},
};
use parla_server::{
    Answer, ConnectionId, Input, NodeId, NotCompared, Output, Outputs, Peer, Question, Server, Settings,
    Start, Verdict,
};

/// A server in memory with two people in one room, the first of whom sends what should not be sent.
struct Room {
    server: Server,
    now: Timestamp,
    closed: Vec<ConnectionId>,
    lines: Vec<(ConnectionId, String)>,
}

const ROOM: &str = "#room";

fn alice() -> ConnectionId {
    ConnectionId::from_number(1)
}

fn bob() -> ConnectionId {
    ConnectionId::from_number(2)
}

impl Room {
    fn new() -> Self {
        let now = Timestamp::from_millis(1_700_000_000_000);
        let server = Server::new(NodeId::ALONE, Settings::named("irc.example.org"), Start::alone(1), now);
        let mut room = Self { server, now, closed: Vec::new(), lines: Vec::new() };
        for (connection, nick) in [(alice(), "alice"), (bob(), "bob")] {
            room.connect(connection);
            let names: Vec<&str> = Capabilities::all_at_once().names().collect();
            for line in [
                "CAP LS 302".to_owned(),
                format!("CAP REQ :{}", names.join(" ")),
                format!("NICK {nick}"),
                "USER u 0 * :Someone".to_owned(),
                "CAP END".to_owned(),
                format!("JOIN {ROOM}"),
            ] {
                room.says(connection, line.as_bytes());
            }
        }
        room
    }

    fn connect(&mut self, connection: ConnectionId) {
        let peer = Peer { unthrottled: true, ..Peer::at(IpAddr::V4(Ipv4Addr::LOCALHOST)) };
        self.input(Input::Connected { connection, peer });
    }

    fn input(&mut self, input: Input) {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let mut out = Outputs::default();
            self.server.handle(self.now, input, &mut out);
            for output in out.outputs {
                match output {
                    Output::Deliver { to, line } => self.heard(&to, &line),
                    Output::Close { connection } => self.closed.push(connection),
                    Output::Question { id, question, .. } => {
                        let answer = match question {
                            Question::Gateway(_) => Answer::Gateway(Err("You are no gateway".to_owned())),
                            Question::Password { .. } => Answer::Password(Verdict::Wrong),
                            Question::Store(_) => Answer::Store(None),
                            Question::NewPassword(_) => Answer::NewPassword(Err(NotCompared::TooManyAtOnce)),
                            Question::AppPassword => Answer::AppPassword(Err(NotCompared::TooManyAtOnce)),
                            Question::Nonce { .. } => Answer::Nonce(Ok("nonce".to_owned())),
                            Question::Configuration | Question::Restart => continue,
                        };
                        inputs.push(Input::Answer { id, answer });
                    }
                    Output::TellWhenSent { connection } => inputs.push(Input::Sent { connection }),
                    _ => {}
                }
            }
        }
    }

    fn heard(&mut self, to: &[ConnectionId], line: &[u8]) {
        let text = std::str::from_utf8(line).unwrap();
        let body = text.strip_suffix("\r\n").unwrap_or_else(|| panic!("no end: {text:?}"));
        assert!(!body.contains(['\r', '\n', '\0']), "{text:?}");
        let message = Message::parse(body.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text:?}"));
        let tags = if message.tags.is_empty() { 0 } else { message.tags.as_str().len() + 2 };
        assert!(tags <= limits::SERVER_TAGS_BYTES_MAX, "{text:?}");
        assert!(line.len() - tags <= limits::LINE_BYTES_MAX, "{} bytes: {text:?}", line.len() - tags);
        self.lines.extend(to.iter().map(|connection| (*connection, body.to_owned())));
    }

    fn says(&mut self, connection: ConnectionId, line: &[u8]) {
        self.now = self.now + std::time::Duration::from_secs(10);
        self.input(Input::Line { connection, line: line.into() });
    }

    /// Whether the server still answers; if it closed the connection, it must have said why.
    fn answers(&mut self, connection: ConnectionId, after: &[u8]) -> bool {
        let shown = String::from_utf8_lossy(after).into_owned();
        let mine = |room: &Self, word: &str| {
            room.lines.iter().any(|(to, line)| *to == connection && line.contains(word))
        };
        if self.closed.contains(&connection) {
            assert!(mine(self, "ERROR :"), "closed without a word after {shown:?}");
            return false;
        }
        self.says(connection, b"PING still-there");
        assert!(mine(self, "still-there"), "no answer after {shown:?}: {:#?}", self.lines);
        true
    }
}

/// Sends a line in a new room, and checks that everything continues to work.
fn check(line: &[u8]) {
    let mut room = Room::new();
    room.lines.clear();
    room.says(alice(), line);
    let told = room.lines.len();
    assert!(told <= 200, "{told} lines after {:?}", String::from_utf8_lossy(line));
    room.answers(alice(), line);
    room.lines.clear();
    assert!(room.answers(bob(), line), "others are closed by {:?}", String::from_utf8_lossy(line));
}

/// Parameters that no command expects.
fn odd_params() -> Vec<Vec<u8>> {
    let mut params: Vec<Vec<u8>> = [
        ":",
        ":  ",
        "*",
        ",",
        ",,,,",
        "#",
        "+",
        "-",
        ":\u{1}\u{2}\u{3}",
        "0",
        "-1",
        "99999999999999999999",
        "=",
        "#room,",
        "@#room",
        "bob,alice,bob",
        "\u{202e}#room",
        "!",
        "!@",
        "a!b@c",
        "$",
        "%",
        "%tcuihsnfdlaor,999",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec();
    params.push(b"\xff\xfe".to_vec());
    params.push("x".repeat(480).into_bytes());
    params.push("#".repeat(480).into_bytes());
    params.push("é".repeat(240).into_bytes());
    params.push("a,".repeat(230).into_bytes());
    params
}

#[test]
fn every_command_with_too_few_and_too_many_parameters() {
    for facts in command::ALL {
        for count in 0..=20 {
            check(format!("{}{}", facts.name, " x".repeat(count)).as_bytes());
            check(format!("{}{}", facts.name, " #room".repeat(count)).as_bytes());
        }
    }
}

#[test]
fn every_command_with_odd_parameters() {
    for facts in command::ALL {
        for odd in odd_params() {
            for known in ["", " #room", " bob", " bob #room", " #room bob", " * SET", " #room bob x"] {
                check(&[facts.name.as_bytes(), known.as_bytes(), b" ", &odd].concat());
            }
            check(&[facts.name.as_bytes(), b" ", &odd, b" ", &odd].concat());
        }
    }
}

#[test]
fn every_command_before_registration() {
    for facts in command::ALL {
        for params in ["", " x", " x y z", " :", " * :", " LS 302", " #room :text"] {
            let mut room = Room::new();
            let stranger = ConnectionId::from_number(3);
            room.connect(stranger);
            room.lines.clear();
            let line = format!("{}{params}", facts.name);
            room.says(stranger, line.as_bytes());
            room.answers(stranger, line.as_bytes());
            assert!(
                room.lines.iter().all(|(to, _)| *to == stranger),
                "{line} before registration reached others: {:?}",
                room.lines
            );
        }
    }
}

#[test]
fn every_mode_with_missing_and_repeated_parameters() {
    let letters = CHANNEL_MODES.map(|facts| facts.letter);
    for letter in letters {
        for sign in ["+", "-", "", "+-+", "++--"] {
            for params in [
                "", " ", " :", " bob", " bob bob", " nobody", " *!*@*", " 5", " -5", " #other", " #room",
                " a:", " m:", " !a:x", " m:a:x",
            ] {
                check(format!("MODE {ROOM} {sign}{letter}{params}").as_bytes());
                check(format!("MODE {ROOM} {sign}{letter}{letter}{letter}{params}").as_bytes());
            }
        }
    }
    for letter in USER_MODES.map(|facts| facts.letter) {
        for sign in ["+", "-", "", "+-"] {
            for nick in ["alice", "bob", "nobody"] {
                check(format!("MODE {nick} {sign}{letter}{letter}").as_bytes());
            }
        }
    }
    let all: String = letters.iter().collect();
    check(format!("MODE {ROOM} +{all}{all}{all} {}", "x ".repeat(13)).as_bytes());
    check(format!("MODE {ROOM} -{all} {}", "bob ".repeat(13)).as_bytes());
}

#[test]
fn lists_stop_at_their_limits() {
    for letter in ['b', 'e', 'I'] {
        let mut room = Room::new();
        for number in 0..200 {
            room.says(alice(), format!("MODE {ROOM} +{letter} mask{number}!*@*").as_bytes());
        }
        room.lines.clear();
        room.says(alice(), format!("MODE {ROOM} {letter}").as_bytes());
        let rows = room.lines.iter().filter(|(to, line)| *to == alice() && line.contains("mask")).count();
        assert_eq!(rows, 60, "+{letter}");
        assert!(room.answers(alice(), b"lists"));
    }
}

#[test]
fn watching_stops_at_its_limit() {
    let mut room = Room::new();
    for number in 0..2_000 {
        room.says(alice(), format!("MONITOR + n{number},m{number},n{}", number / 2).as_bytes());
        room.says(alice(), b"CAP REQ :nonsense");
        room.lines.clear();
    }
    let watched = |room: &mut Room| {
        room.lines.clear();
        room.says(alice(), b"MONITOR L");
        let rows = room.lines.iter().filter(|(to, line)| *to == alice() && line.contains(" 732 "));
        let names = rows.filter_map(|(_, line)| Some(line.rsplit_once(':')?.1.split(',').count()));
        names.sum::<usize>()
    };
    assert_eq!(watched(&mut room), 100);
    room.says(alice(), b"MONITOR C");
    assert_eq!(watched(&mut room), 0);
    assert!(room.answers(alice(), b"watching"));
}

#[test]
fn targets_that_vanish_are_named() {
    let mut room = Room::new();
    room.input(Input::Disconnected { connection: bob(), why: parla_server::Disconnect::Reset });
    for line in ["PRIVMSG bob :hello", "KICK #room bob", "MODE #room +o bob", "INVITE bob #room", "WHOIS bob"]
    {
        room.lines.clear();
        room.says(alice(), line.as_bytes());
        let told = room.lines.iter().any(|(_, line)| line.contains(" 401 ") || line.contains(" 441 "));
        assert!(told, "{line}: {:?}", room.lines);
    }
}
