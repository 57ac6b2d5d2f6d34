//! While the server could send nothing, because nothing could be stored, no client is to blame for its
//! silence.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use parla_proto::Timestamp;
use parla_server::{ConnectionId, Input, NodeId, Output, Outputs, Peer, Server, Settings, Start};

const STALL: Duration = Duration::from_secs(600);

struct Rig {
    server: Server,
    now: Timestamp,
    heard: String,
}

impl Rig {
    fn new() -> Self {
        let server = Server::new(
            NodeId::ALONE,
            Settings::named("irc.example.org"),
            Start::alone(1),
            Timestamp::default(),
        );
        Self { server, now: Timestamp::default(), heard: String::new() }
    }

    fn feed(&mut self, input: Input) {
        let mut out = Outputs::default();
        self.server.handle(self.now, input, &mut out);
        for output in out.outputs {
            if let Output::Deliver { line, .. } = output {
                self.heard += &String::from_utf8_lossy(&line);
            }
        }
    }

    fn connect(&mut self, lines: &[&str]) {
        let connection = ConnectionId::from_number(1);
        let peer = Peer { unthrottled: true, ..Peer::at(IpAddr::V4(Ipv4Addr::LOCALHOST)) };
        self.feed(Input::Connected { connection, peer });
        for line in lines {
            self.feed(Input::Line { connection, line: line.as_bytes().into() });
        }
        self.heard.clear();
    }

    /// Lets time pass, with all deadlines in it.
    fn pass(&mut self, duration: Duration) {
        let end = self.now + duration;
        while let Some(next) = self.server.next_deadline().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            self.feed(Input::Deadline);
        }
        self.now = end;
    }

    /// The disk is away for `STALL`, and the daemon handles nothing meanwhile.
    fn stalls(&mut self) {
        self.now = self.now + STALL;
        self.feed(Input::Stalled { duration: STALL });
        self.pass(Duration::ZERO);
    }
}

#[test]
fn a_client_that_was_asked_for_a_pong_has_its_whole_time_for_it() {
    let mut rig = Rig::new();
    rig.connect(&["NICK alice", "USER alice 0 * :Alice"]);
    rig.pass(Duration::from_secs(90));
    assert!(rig.heard.contains("PING"), "{}", rig.heard);
    rig.pass(Duration::from_secs(30));
    rig.stalls();
    rig.pass(Duration::from_secs(29));
    assert!(!rig.heard.contains("ERROR"), "{}", rig.heard);
    rig.pass(Duration::from_secs(2));
    assert!(rig.heard.contains("ERROR :Closing link"), "{}", rig.heard);
}

#[test]
fn a_client_that_is_registering_has_its_whole_time_for_it() {
    let mut rig = Rig::new();
    rig.connect(&["NICK alice"]);
    rig.pass(Duration::from_secs(40));
    rig.stalls();
    rig.pass(Duration::from_secs(19));
    assert!(!rig.heard.contains("ERROR"), "{}", rig.heard);
    rig.pass(Duration::from_secs(2));
    assert!(rig.heard.contains("ERROR :Closing link"), "{}", rig.heard);
}

#[test]
fn an_open_batch_has_its_whole_time() {
    let mut rig = Rig::new();
    rig.connect(&[
        "CAP REQ :batch draft/multiline message-tags",
        "NICK alice",
        "USER alice 0 * :Alice",
        "CAP END",
    ]);
    let connection = ConnectionId::from_number(1);
    for line in ["BATCH +b draft/multiline bob", "@batch=b PRIVMSG bob :one"] {
        rig.feed(Input::Line { connection, line: line.as_bytes().into() });
    }
    rig.stalls();
    assert!(!rig.heard.contains("FAIL BATCH TIMEOUT"), "{}", rig.heard);
    rig.pass(Duration::from_secs(60));
    assert!(rig.heard.contains("FAIL BATCH TIMEOUT b :"), "{}", rig.heard);
}
