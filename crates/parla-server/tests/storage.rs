//! What still works and what is refused while the server's disk is nearly full.
#![expect(clippy::unwrap_used, reason = "this is how a test fails")]

use std::net::{IpAddr, Ipv4Addr};

use expect_test::{Expect, expect};
use parla_proto::{Mask, Timestamp};
use parla_server::{
    Answer, ConnectionId, Input, NodeId, Output, Outputs, Peer, QuestionId, Server, Settings, Start, Verdict,
    settings,
};

/// A server with alice and bob in `#room`, where messages are stored.
struct Rig {
    server: Server,
}

impl Rig {
    fn new() -> Self {
        let mut settings = Settings::named("irc.example.org");
        settings.network.operators = vec![settings::Operator {
            name: "root".to_owned(),
            title: String::new(),
            hosts: vec![Mask::parse("*@*").unwrap()],
            privileges: settings::Privileges::empty(),
        }];
        let server = Server::new(NodeId::ALONE, settings, Start::alone(1), Timestamp::default());
        let mut rig = Self { server };
        for (number, nick) in [(1, "alice"), (2, "bob")] {
            let connection = ConnectionId::from_number(number);
            let peer = Peer { unthrottled: true, ..Peer::at(IpAddr::V4(Ipv4Addr::LOCALHOST)) };
            rig.feed(Input::Connected { connection, peer });
            rig.says(number, &format!("NICK {nick}"));
            rig.says(number, &format!("USER {nick} 0 * :{nick}"));
            rig.says(number, "JOIN #room");
        }
        rig.says(1, "PRIVMSG #room :before");
        rig
    }

    /// Returns what everyone receives, and how many changes are stored.
    fn feed(&mut self, input: Input) -> String {
        let mut out = Outputs::default();
        self.server.handle(Timestamp::default(), input, &mut out);
        let lines = out.outputs.iter().filter_map(|output| match output {
            Output::Deliver { line, .. } => Some(String::from_utf8_lossy(line).replace('\r', "")),
            _ => None,
        });
        format!("{}kept: {}\n", lines.collect::<String>(), out.changes.len())
    }

    fn says(&mut self, number: u64, line: &str) -> String {
        let connection = ConnectionId::from_number(number);
        self.feed(Input::Line { connection, line: line.as_bytes().into() })
    }

    fn check(&mut self, line: &str, expected: &Expect) {
        expected.assert_eq(&self.says(1, line));
    }
}

#[test]
fn what_must_be_kept_is_refused_with_words() {
    let mut rig = Rig::new();
    rig.feed(Input::Storage { is_low: true });
    rig.check(
        "PRIVMSG #room :hello",
        &expect![[r#"
        :irc.example.org 404 alice #room :Cannot send to channel: the server's disk is nearly full. Try again later
        kept: 0
    "#]],
    );
    rig.check(
        "NOTICE #room :hello",
        &expect![[r#"
        kept: 0
    "#]],
    );
    rig.check("TOPIC #room :hello", &expect![[r#"
        :irc.example.org FAIL TOPIC STORAGE_FULL #room :The server's disk is nearly full, so this cannot be kept. Try again later
        kept: 0
    "#]]);
    rig.check("METADATA #room SET url :https://example.org", &expect![[r#"
        :irc.example.org FAIL METADATA STORAGE_FULL #room :The server's disk is nearly full, so this cannot be kept. Try again later
        kept: 0
    "#]]);
    rig.check("RENAME #room #other :why", &expect![[r#"
        :irc.example.org FAIL RENAME STORAGE_FULL #room :The server's disk is nearly full, so this cannot be kept. Try again later
        kept: 0
    "#]]);
}

#[test]
fn all_else_goes_on() {
    let mut rig = Rig::new();
    rig.feed(Input::Storage { is_low: true });
    rig.check(
        "PING x",
        &expect![[r#"
        :irc.example.org PONG irc.example.org :x
        kept: 0
    "#]],
    );
    rig.check(
        "PRIVMSG bob :hello",
        &expect![[r#"
        :alice!alice@127.0.0.1 PRIVMSG bob :hello
        kept: 0
    "#]],
    );
    rig.check(
        "PRIVMSG @#room :for operators",
        &expect![[r#"
        kept: 0
    "#]],
    );
    rig.check(
        "JOIN #other",
        &expect![[r#"
        :alice!alice@127.0.0.1 JOIN #other
        :irc.example.org 353 alice = #other :@alice
        :irc.example.org 366 alice #other :End of /NAMES list
        kept: 0
    "#]],
    );
    rig.check(
        "TOPIC #other :not kept yet",
        &expect![[r#"
        :alice!alice@127.0.0.1 TOPIC #other :not kept yet
        kept: 0
    "#]],
    );
    rig.check(
        "MODE #room +b spam!*@*",
        &expect![[r#"
        :alice!alice@127.0.0.1 MODE #room +b spam!*@*
        kept: 1
    "#]],
    );
    // A command that is refused anyway keeps its own reason.
    rig.check(
        "PRIVMSG #absent :hello",
        &expect![[r#"
        :irc.example.org 403 alice #absent :No such channel
        kept: 0
    "#]],
    );
}

#[test]
fn it_goes_on_by_itself_and_operators_are_told() {
    let mut rig = Rig::new();
    rig.says(2, "OPER root secret");
    let answer = Answer::Password(Verdict::Right);
    let is_operator = rig.feed(Input::Answer { id: QuestionId::from_number(1), answer });
    assert!(is_operator.contains(" 381 bob "), "{is_operator}");
    expect![[r#"
        :irc.example.org NOTICE bob :The disk of the server is nearly full: messages and topics of rooms are refused until there is room.
        kept: 0
    "#]].assert_eq(&rig.feed(Input::Storage { is_low: true }));
    expect![[r#"
        :irc.example.org NOTICE bob :The disk of the server has room again.
        kept: 0
    "#]]
    .assert_eq(&rig.feed(Input::Storage { is_low: false }));
    rig.check(
        "PRIVMSG #room :hello",
        &expect![[r#"
        :alice!alice@127.0.0.1 PRIVMSG #room :hello
        kept: 1
    "#]],
    );
}
