//! Answers that could be longer than what a client may be sent at once: they stop, say so, and end as always.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::{IpAddr, Ipv4Addr};

use parla_proto::Timestamp;
use parla_server::{ConnectionId, Input, LogMode, Output, Outputs, Peer, Server, Settings};

/// A server with little room for an answer.
struct Crowd {
    server: Server,
    now: Timestamp,
}

const ANSWER_BYTES_MAX: usize = 4096;

impl Crowd {
    /// People in rooms with long topics, one each.
    fn new(people: u64) -> Self {
        let now = Timestamp::from_millis(1_700_000_000_000);
        let mut settings = Settings::named("irc.example.org");
        settings.answer_bytes_max = ANSWER_BYTES_MAX;
        let server = Server::new(settings, LogMode::Local { next_seq: 1 }, Vec::new(), now);
        let mut crowd = Self { server, now };
        for number in 1..=people {
            let connection = ConnectionId::from_number(number);
            let peer = Peer { unthrottled: true, ..Peer::at(IpAddr::V4(Ipv4Addr::LOCALHOST)) };
            crowd.input(Input::Connected { connection, peer });
            let topic = "t".repeat(300);
            for line in [
                format!("NICK nick{number}"),
                format!("USER user 0 * :{}", "r".repeat(150)),
                format!("JOIN #room{number}"),
                format!("TOPIC #room{number} :{topic}"),
            ] {
                crowd.says(connection, &line);
            }
        }
        crowd
    }

    fn input(&mut self, input: Input) -> Vec<String> {
        let mut out = Outputs::default();
        self.server.handle(self.now, input, &mut out);
        let lines = out.outputs.into_iter().filter_map(|output| match output {
            Output::Deliver { line, .. } => Some(String::from_utf8(line.to_vec()).unwrap()),
            _ => None,
        });
        lines.collect()
    }

    fn says(&mut self, connection: ConnectionId, line: &str) -> Vec<String> {
        self.input(Input::Line { connection, line: line.as_bytes().into() })
    }
}

#[test]
fn they_stop_and_say_so() {
    let mut crowd = Crowd::new(60);
    let asker = ConnectionId::from_number(1);
    for (command, row, end) in
        [("LIST", " 322 ", " 323 "), ("WHO *", " 352 ", " 315 "), ("WHO * %nr", " 354 ", " 315 ")]
    {
        let lines = crowd.says(asker, command);
        let bytes: usize = lines.iter().filter(|line| line.contains(row)).map(String::len).sum();
        assert!(bytes <= ANSWER_BYTES_MAX && bytes > ANSWER_BYTES_MAX / 2, "{command}: {bytes}");
        let word = command.split(' ').next().unwrap();
        let told = lines.iter().filter(|line| line.contains(&format!("WARN {word} TRUNCATED"))).count();
        assert_eq!(told, 1, "{command}: {lines:?}");
        assert!(lines.last().unwrap().contains(end), "{command}: {lines:?}");
    }
}

#[test]
fn whowas_remembers_as_many_as_it_may() {
    let mut crowd = Crowd::new(1);
    let asker = ConnectionId::from_number(1);
    for number in 0..150 {
        crowd.says(asker, &format!("NICK {}", if number % 2 == 0 { "here" } else { "there" }));
    }
    let lines = crowd.says(asker, "WHOWAS here,there");
    let entries =
        |nick: &str| lines.iter().filter(|line| line.contains(&format!(" 314 there {nick} "))).count();
    // Half of the hundred are of each; they do not fit into one answer.
    assert!((1..50).contains(&entries("here")) && entries("there") == 0, "{lines:?}");
    assert_eq!(lines.iter().filter(|line| line.contains("WARN WHOWAS TRUNCATED")).count(), 1);
    assert_eq!(lines.iter().filter(|line| line.contains(" 369 ")).count(), 2);
    let lines = crowd.says(asker, "WHOWAS there 1");
    assert_eq!(lines.iter().filter(|line| line.contains(" 314 ")).count(), 1, "{lines:?}");
}
