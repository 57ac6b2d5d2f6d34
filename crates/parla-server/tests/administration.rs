//! Requests from outside IRC: they are answered, carried out, announced in the room and recorded.
#![expect(clippy::unwrap_used, reason = "this is how a test fails")]

use std::net::{IpAddr, Ipv4Addr};

use parla_proto::Timestamp;
use parla_server::{
    AdminAnswer, AdminRepair, AdminRequest, ConnectionId, Input, Kept, NodeId, Output, Outputs, Peer, Server,
    Settings, Snapshot, Start, limits::ADMIN_CHANNELS_MAX,
};

struct Rig {
    server: Server,
    /// What clients received and what was recorded since it was last taken.
    heard: Vec<String>,
    answers: Vec<(u64, AdminAnswer)>,
}

impl Rig {
    /// A server with alice, who created `#tea`, and bob, who is in it.
    fn new(start: Start) -> Self {
        let server = Server::new(NodeId(1), settings(), start, Timestamp::default());
        let mut rig = Self { server, heard: Vec::new(), answers: Vec::new() };
        for (number, nick) in [(1, "alice"), (2, "bob")] {
            let connection = ConnectionId::from_number(number);
            let peer = Peer { unthrottled: true, ..Peer::at(IpAddr::V4(Ipv4Addr::LOCALHOST)) };
            rig.feed(Input::Connected { connection, peer });
            rig.says(number, &format!("NICK {nick}"));
            rig.says(number, &format!("USER {nick} 0 * :{nick}"));
            rig.says(number, "JOIN #tea");
        }
        rig.heard.clear();
        rig
    }

    fn says(&mut self, number: u64, line: &str) {
        let line = line.as_bytes().into();
        self.feed(Input::Line { connection: ConnectionId::from_number(number), line });
    }

    fn feed(&mut self, input: Input) {
        let mut out = Outputs::default();
        self.server.handle(Timestamp::default(), input, &mut out);
        for output in out.outputs {
            match output {
                Output::Deliver { line, .. } => {
                    self.heard.push(String::from_utf8(line.to_vec()).unwrap().trim_end().to_owned());
                }
                Output::Audit(audit) => {
                    let audit = *audit;
                    self.heard.push(format!("{}: {} {} {}", audit.who, audit.action, audit.whom, audit.why));
                }
                Output::Administered { id, answer } => self.answers.push((id, *answer)),
                Output::Propose(proposal) => {
                    self.feed(Input::Committed { at: Timestamp::default(), proposal });
                }
                _ => {}
            }
        }
    }

    fn ask(&mut self, request: AdminRequest) -> AdminAnswer {
        self.heard.clear();
        self.feed(Input::Administration { id: 7, request });
        let (id, answer) = self.answers.pop().unwrap();
        assert!(id == 7 && self.answers.is_empty());
        answer
    }

    fn mode(&mut self, letters: &str, params: &[&str]) -> AdminAnswer {
        let params = params.iter().map(|param| (*param).to_owned()).collect();
        self.ask(AdminRequest::ChangeModes {
            channel: "#tea".to_owned(),
            letters: letters.to_owned(),
            params,
        })
    }

    fn repair(&mut self, channel: &str, repair: AdminRepair) -> AdminAnswer {
        self.ask(AdminRequest::Repair { channel: channel.to_owned(), repair })
    }
}

fn settings() -> Settings {
    Settings::named("irc.example.org")
}

fn done(modes: Option<&str>, refused: &[&str]) -> AdminAnswer {
    let refused = refused.iter().map(|sentence| (*sentence).to_owned()).collect();
    AdminAnswer::Done { modes: modes.map(str::to_owned), refused }
}

#[test]
fn a_change_is_answered_told_and_written_down() {
    let snapshot = Snapshot::of_new_network(settings().network, Kept::default(), 1);
    for start in [Start::alone(1), Start::Shared { run: 7, snapshot }] {
        let mut rig = Rig::new(start);
        assert_eq!(rig.mode("+kv-o", &["word", "bob", "alice"]), done(Some("+knt word"), &[]));
        let told = "The administrator of this server has changed the modes of this room";
        let written = "the administrator, at the server's computer: SAMODE #tea +kv-o * bob alice";
        for line in [
            ":irc.example.org MODE #tea +kv-o word bob alice",
            &format!(":irc.example.org NOTICE #tea :{told}"),
            written,
        ] {
            assert!(rig.heard.iter().any(|heard| heard == line), "{line}: {:?}", rig.heard);
        }
        assert_eq!(rig.repair("#tea", AdminRepair::Give("bob".to_owned())), done(Some("+knt word"), &[]));
        assert_eq!(rig.repair("#tea", AdminRepair::Reset), done(Some("+nt"), &[]));
        assert_eq!(rig.repair("#tea", AdminRepair::Delete(Some("old\r".to_owned()))), done(None, &[]));
        let put_out =
            ":irc.example.org KICK #tea bob :The administrator of this server has deleted this room: old";
        assert!(rig.heard.iter().any(|line| line == put_out), "{:?}", rig.heard);
        let absent = done(None, &["#tea: No such channel"]);
        assert_eq!(rig.repair("#tea", AdminRepair::Delete(None)), absent);
    }
}

#[test]
fn what_is_wrong_is_said_in_words() {
    let mut rig = Rig::new(Start::alone(1));
    let refused = |text: &str| AdminAnswer::Refused(text.to_owned());
    assert_eq!(
        rig.mode("+Xl", &[]),
        refused("X: is an unknown mode to me; #tea l *: This mode needs a parameter")
    );
    assert_eq!(rig.mode("b", &[]), refused("These modes change nothing; lists are shown with the room"));
    assert_eq!(rig.mode("+ml", &["0"]), refused("#tea l 0: A limit is a number above 0"));
    assert_eq!(rig.mode("+mo", &["nobody"]), done(Some("+mnt"), &["nobody: No such nick or channel"]));
    for params in [&["a b"][..], &["a\r\nQUIT"], &[":a"], &[""]] {
        let AdminAnswer::Refused(why) = rig.mode("+b", params) else { panic!("{params:?}") };
        assert!(why.starts_with("A parameter is a word"), "{why}");
    }
    assert_eq!(rig.mode("+b", &[&"x".repeat(1000)]), refused("That is too much at once"));
    assert_eq!(rig.mode(&"+n-n".repeat(30), &[]), refused("That is too much at once"));
    let absent = AdminRequest::Channel { name: "#nowhere".to_owned() };
    assert_eq!(rig.ask(absent), refused("#nowhere: No such channel"));
    let absent =
        AdminRequest::ChangeModes { channel: "tea".to_owned(), letters: "+m".to_owned(), params: Vec::new() };
    assert_eq!(rig.ask(absent), refused("tea: No such channel"));
}

#[test]
fn a_room_is_shown_with_everything() {
    let mut rig = Rig::new(Start::alone(1));
    for line in ["MODE #tea +skb word eve", "TOPIC #tea :leaves"] {
        rig.says(1, line);
    }
    let AdminAnswer::Channel(details) = rig.ask(AdminRequest::Channel { name: "#TEA".to_owned() }) else {
        panic!("no channel")
    };
    assert_eq!(details.modes, "+knst word");
    assert_eq!(details.state.topic.as_ref().unwrap().text, "leaves");
    assert_eq!(details.state.bans.first().unwrap().mask.to_string(), "eve!*@*");
    let members: Vec<_> = details.members.iter().map(|member| (&*member.signs, &*member.source)).collect();
    assert_eq!(members, [("@", "alice!alice@127.0.0.1"), ("", "bob!bob@127.0.0.1")]);
}

#[test]
fn all_rooms_are_listed_in_pieces() {
    let mut rig = Rig::new(Start::alone(1));
    for (person, number) in (0..=ADMIN_CHANNELS_MAX).enumerate() {
        // There is a new visitor for every 90 rooms, because nobody may be in more than 100.
        let connection = 10 + person as u64 / 90;
        if person % 90 == 0 {
            let peer = Peer { unthrottled: true, ..Peer::at(IpAddr::V4(Ipv4Addr::LOCALHOST)) };
            rig.feed(Input::Connected { connection: ConnectionId::from_number(connection), peer });
            rig.says(connection, &format!("NICK n{connection}"));
            rig.says(connection, "USER u 0 * :u");
        }
        rig.says(connection, &format!("JOIN #r{number:04}"));
        rig.says(connection, &format!("MODE #r{number:04} +sk word"));
    }
    let (mut after, mut names) = (None, Vec::new());
    loop {
        let AdminAnswer::Channels { channels, has_more } = rig.ask(AdminRequest::Channels { after }) else {
            panic!("no channels")
        };
        assert!(channels.len() <= ADMIN_CHANNELS_MAX);
        assert!(channels.iter().all(|channel| !channel.modes.contains("word")), "the key is not in the list");
        names.extend(channels.iter().map(|channel| channel.name.clone()));
        after = names.last().cloned();
        if !has_more {
            break;
        }
    }
    assert_eq!(names.len(), ADMIN_CHANNELS_MAX + 2);
    assert!(names.is_sorted());
}
