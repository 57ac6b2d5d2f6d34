//! CHATHISTORY for a client that is slow to read: the store is asked only when the client has received
//! everything, and by then its user may have been removed from the channel. And for one whose server cannot
//! read its store.
#![expect(clippy::unwrap_used, reason = "this is how a test fails")]

use std::net::{IpAddr, Ipv4Addr};

use parla_proto::Timestamp;
use parla_server::{
    Answer, ConnectionId, Input, NodeId, Output, Outputs, Peer, Query, Question, QuestionId, Server,
    Settings, Start,
};

struct Rig {
    server: Server,
    /// What the slow client has received.
    heard: String,
    asked: Vec<Query>,
    /// The last of these questions.
    last: Option<QuestionId>,
}

const OPERATOR: fn() -> ConnectionId = || ConnectionId::from_number(1);
const SLOW: fn() -> ConnectionId = || ConnectionId::from_number(2);

impl Rig {
    /// Two channels, each with an operator and the slow client.
    fn new() -> Self {
        let mut settings = Settings::named("irc.example.org");
        settings.network.history = true;
        let server = Server::new(NodeId::ALONE, settings, Start::alone(1), Timestamp::default());
        let mut rig = Self { server, heard: String::new(), asked: Vec::new(), last: None };
        for (connection, nick) in [(OPERATOR(), "alice"), (SLOW(), "bob")] {
            rig.feed(Input::Connected { connection, peer: Peer::at(IpAddr::V4(Ipv4Addr::LOCALHOST)) });
            rig.says(connection, "CAP REQ :draft/chathistory batch\nCAP END");
            rig.says(connection, &format!("NICK {nick}\nUSER {nick} 0 * :x\nJOIN #one,#two"));
            rig.feed(Input::Sent { connection });
        }
        rig
    }

    fn says(&mut self, connection: ConnectionId, lines: &str) {
        for line in lines.split('\n') {
            self.feed(Input::Line { connection, line: line.as_bytes().into() });
        }
    }

    fn feed(&mut self, input: Input) {
        let mut out = Outputs::default();
        self.server.handle(Timestamp::default(), input, &mut out);
        for output in out.outputs {
            match output {
                Output::Deliver { to, line } if to.contains(&SLOW()) => {
                    self.heard += std::str::from_utf8(&line).unwrap();
                }
                Output::Question { id, question: Question::Store(query), .. } => {
                    self.asked.push(query);
                    self.last = Some(id);
                }
                _ => {}
            }
        }
    }

    /// Says that the store cannot be read, and returns what the slow client is told.
    fn cannot_be_read(&mut self, line: &str) -> String {
        self.says(SLOW(), line);
        self.feed(Input::Sent { connection: SLOW() });
        self.heard.clear();
        let id = self.last.take().unwrap();
        self.feed(Input::Answer { id, answer: Answer::Store(None) });
        std::mem::take(&mut self.heard)
    }
}

#[test]
fn whoever_is_removed_before_the_store_is_asked_reads_nothing() {
    let mut rig = Rig::new();
    rig.says(SLOW(), "CHATHISTORY LATEST #one * 10");
    assert_eq!(rig.asked, [], "it has not been sent everything");
    rig.says(OPERATOR(), "KICK #one bob");
    rig.feed(Input::Sent { connection: SLOW() });
    assert_eq!(rig.asked, []);
    assert!(rig.heard.contains("FAIL CHATHISTORY INVALID_TARGET LATEST #one :"), "{}", rig.heard);
    // The next line is handled.
    rig.says(SLOW(), "PING x");
    assert!(rig.heard.contains("PONG irc.example.org :x"), "{}", rig.heard);
}

#[test]
fn of_several_channels_only_those_are_asked_for_that_one_is_in_by_then() {
    let mut rig = Rig::new();
    rig.says(
        SLOW(),
        "CHATHISTORY TARGETS timestamp=1970-01-01T00:00:00.000Z timestamp=2030-01-01T00:00:00.000Z 10",
    );
    rig.says(OPERATOR(), "KICK #one bob");
    rig.feed(Input::Sent { connection: SLOW() });
    let [Query::LatestTimes { conversations }] = rig.asked.as_slice() else { panic!("{:?}", rig.asked) };
    assert_eq!(conversations.len(), 1);
}

#[test]
fn whoever_asks_is_told_that_the_store_cannot_be_read() {
    let mut rig = Rig::new();
    rig.says(SLOW(), "CAP REQ :draft/message-redaction");
    for (line, told) in [
        ("CHATHISTORY LATEST #one * 10", "FAIL CHATHISTORY MESSAGE_ERROR LATEST #one :"),
        (
            "CHATHISTORY TARGETS timestamp=1970-01-01T00:00:00.000Z timestamp=2030-01-01T00:00:00.000Z 10",
            "FAIL CHATHISTORY MESSAGE_ERROR TARGETS :",
        ),
    ] {
        let heard = rig.cannot_be_read(line);
        assert!(heard.contains(told) && heard.contains("the server cannot read its store"), "{heard}");
    }
    // The next line is handled.
    rig.says(SLOW(), "PING x");
    assert!(rig.heard.contains("PONG irc.example.org :x"), "{}", rig.heard);
}

#[test]
fn a_message_that_cannot_be_looked_up_is_not_deleted() {
    let mut rig = Rig::new();
    rig.says(SLOW(), "CAP REQ :draft/message-redaction");
    // The message is so old that only the store knows it.
    let id = Settings::named("irc.example.org").network.message_ids.encode(0).to_string();
    let heard = rig.cannot_be_read(&format!("REDACT #one {id}"));
    assert!(
        heard.contains(&format!("FAIL REDACT UNKNOWN_MSGID #one {id} :The server cannot read its store")),
        "{heard}"
    );
    assert!(!heard.contains(" REDACT #one"), "{heard}");
}
