//! Several servers on one log: a user who is on one of them is on all of them, and is the same everywhere.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "this is how a test fails")]

use std::{
    collections::VecDeque,
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use parla_proto::Timestamp;
use parla_server::{
    ConnectionId, Input, Kept, MachineSettings, NodeId, Output, Outputs, Peer, Proposal, Reconfiguration,
    Server, Settings, Snapshot, Start,
    settings::{Flood, Sts, Timeouts},
};

/// Servers named 0, 1 and so on, whose log is kept by this test. Each numbers its connections separately,
/// from 1.
struct Rig {
    servers: Vec<Server>,
    runs: u64,
    log: VecDeque<Proposal>,
    heard: Vec<String>,
}

const NOW: Timestamp = Timestamp::from_millis(0);

fn settings() -> Settings {
    Settings::named("irc.example.org")
}

impl Rig {
    fn new(count: usize) -> Self {
        let mut rig = Self { servers: Vec::new(), runs: 0, log: VecDeque::new(), heard: Vec::new() };
        for _ in 0..count {
            rig.start(rig.servers.len(), Snapshot::of_new_network(settings().network, Kept::default(), 1));
        }
        rig.settle();
        rig
    }

    /// Starts a process with this name; one that ran before is gone.
    fn start(&mut self, which: usize, snapshot: Snapshot) {
        self.start_with(which, settings(), snapshot);
    }

    fn start_with(&mut self, which: usize, settings: Settings, snapshot: Snapshot) {
        self.runs += 1;
        let start = Start::Shared { run: self.runs, snapshot };
        let server = Server::new(NodeId(u32::try_from(which).unwrap()), settings, start, NOW);
        if which < self.servers.len() {
            self.servers[which] = server;
        } else {
            self.servers.push(server);
        }
        self.feed(which, Input::Deadline);
    }

    fn feed(&mut self, which: usize, input: Input) {
        let mut out = Outputs::default();
        self.servers[which].handle(NOW, input, &mut out);
        for output in out.outputs {
            match output {
                Output::Deliver { to, line } => {
                    let line = String::from_utf8(line.to_vec()).unwrap();
                    let at = |to: &ConnectionId| to.key() == ConnectionId::from_number(1).key();
                    self.heard.extend(to.iter().map(|to| {
                        let client = if at(to) { 1 } else { 2 };
                        format!("{which}.{client} {}", line.trim_end())
                    }));
                }
                Output::Propose(proposal) => self.log.push_back(*proposal),
                Output::Shutdown => self.heard.push(format!("{which} stops")),
                _ => {}
            }
        }
    }

    fn connect(&mut self, which: usize, number: u64) {
        let connection = ConnectionId::from_number(number);
        let peer = Peer { unthrottled: true, ..Peer::at(IpAddr::V4(Ipv4Addr::LOCALHOST)) };
        self.feed(which, Input::Connected { connection, peer });
    }

    fn says(&mut self, which: usize, number: u64, line: &str) {
        let (connection, line) = (ConnectionId::from_number(number), line.as_bytes().into());
        self.feed(which, Input::Line { connection, line });
        self.feed(which, Input::Sent { connection });
    }

    fn registers(&mut self, which: usize, number: u64, nick: &str) {
        self.connect(which, number);
        self.says(which, number, &format!("NICK {nick}"));
        self.says(which, number, &format!("USER {nick} 0 * :{nick}"));
    }

    /// Delivers everything in the log to every server.
    fn settle(&mut self) {
        while let Some(proposal) = self.log.pop_front() {
            self.give(&proposal);
            for which in 0..self.servers.len() {
                self.feed(which, Input::Sent { connection: ConnectionId::from_number(1) });
            }
        }
    }

    fn give(&mut self, proposal: &Proposal) {
        for which in 0..self.servers.len() {
            self.feed(which, Input::Committed { at: NOW, proposal: Box::new(proposal.clone()) });
        }
    }

    /// The lines received since they were last taken that contain this word.
    fn heard(&mut self, word: &str) -> Vec<String> {
        std::mem::take(&mut self.heard).into_iter().filter(|line| line.contains(word)).collect()
    }

    /// A number of servers. Alice is on the first and bob on the second, and both are in one room.
    fn at_tea(servers: usize) -> Self {
        let mut rig = Self::new(servers);
        rig.registers(0, 1, "alice");
        rig.registers(1, 1, "bob");
        rig.settle();
        rig.says(0, 1, "JOIN #tea");
        rig.says(1, 1, "JOIN #tea");
        rig.settle();
        rig.heard.clear();
        rig
    }

    fn agree(&self) {
        for server in &self.servers {
            assert_eq!(server.snapshot(), self.servers[0].snapshot());
        }
    }
}

#[test]
fn nobody_gets_the_identity_of_another() {
    let mut rig = Rig::new(2);
    rig.connect(1, 1);
    rig.registers(0, 1, "alice");
    rig.settle();
    assert_eq!(rig.heard(" 001 ").len(), 1);
    rig.says(1, 1, "NICK bob");
    rig.says(1, 1, "USER bob 0 * :bob");
    rig.settle();
    let welcome = rig.heard(" 001 ");
    assert_eq!(welcome, ["1.1 :irc.example.org 001 bob :Welcome to irc.example.org, bob!bob@127.0.0.1"]);
    rig.agree();
}

#[test]
fn people_on_two_machines_talk_in_one_room() {
    let mut rig = Rig::at_tea(2);
    rig.says(0, 1, "PRIVMSG #tea :hello");
    rig.says(1, 1, "PRIVMSG #tea :you too");
    rig.settle();
    assert_eq!(
        rig.heard("PRIVMSG"),
        ["1.1 :alice!alice@127.0.0.1 PRIVMSG #tea :hello", "0.1 :bob!bob@127.0.0.1 PRIVMSG #tea :you too"]
    );
    rig.agree();
}

#[test]
fn what_the_log_gives_twice_is_done_once() {
    let mut rig = Rig::at_tea(2);
    rig.says(0, 1, "PRIVMSG #tea :once");
    rig.says(1, 1, "JOIN #coffee");
    let proposals: Vec<Proposal> = rig.log.drain(..).collect();
    for proposal in proposals.iter().chain(&proposals) {
        rig.give(proposal);
    }
    assert_eq!(rig.heard("once").len(), 1);
    rig.says(0, 1, "PRIVMSG #tea :again");
    rig.settle();
    assert_eq!(rig.heard("again").len(), 1);
    rig.agree();
}

#[test]
fn a_machine_that_is_declared_dead_loses_its_users_and_comes_back() {
    let mut rig = Rig::at_tea(3);
    // Bob's message is on its way when the others declare his machine dead.
    rig.says(1, 1, "PRIVMSG #tea :too late");
    let late = rig.log.pop_front().unwrap();
    rig.feed(2, Input::NodeLost { node: NodeId(1) });
    let down = rig.log.pop_front().unwrap();
    rig.give(&down);
    rig.give(&late);
    assert_eq!(
        rig.heard("bob"),
        ["0.1 :bob!bob@127.0.0.1 QUIT :Lost touch with their server"],
        "bob's own connection is closed, and nobody hears what came too late"
    );
    // Somebody connects before the machine is up again, and has to wait.
    rig.registers(1, 2, "bob");
    assert!(rig.heard(" 001 ").is_empty());
    rig.settle();
    assert_eq!(rig.heard(" 001 ").len(), 1);
    rig.says(1, 2, "JOIN #tea");
    rig.settle();
    assert_eq!(rig.heard("0.1 :bob!bob@127.0.0.1 JOIN").len(), 1);
    rig.agree();
}

#[test]
fn a_machine_that_starts_again_has_lost_its_users() {
    let mut rig = Rig::new(2);
    let beginning = rig.servers[0].snapshot();
    rig.registers(0, 1, "alice");
    rig.registers(1, 1, "bob");
    rig.settle();
    let entries = rig.servers[0].snapshot();
    drop(beginning);
    rig.start(1, entries);
    rig.settle();
    rig.registers(1, 1, "bob");
    rig.settle();
    assert_eq!(rig.heard("001 bob").len(), 2, "once in each life of the machine");
    rig.agree();
}

#[test]
fn of_two_processes_of_one_name_the_later_one_stays() {
    let mut rig = Rig::new(2);
    rig.registers(1, 1, "bob");
    rig.settle();
    rig.heard.clear();
    let snapshot = rig.servers[0].snapshot();
    let first = rig.servers.remove(1);
    rig.start(1, snapshot);
    rig.servers.push(first);
    rig.settle();
    let heard = rig.heard("");
    assert!(heard.contains(&"2 stops".to_owned()), "{heard:?}");
    assert!(heard.iter().any(|line| line.starts_with("2.1 ERROR")), "{heard:?}");
    rig.registers(1, 1, "bob");
    rig.settle();
    assert_eq!(rig.heard(" 001 ").len(), 1);
}

#[test]
fn numbers_only_grow_when_a_lone_server_joins_a_log() {
    let mut alone = Server::new(NodeId::ALONE, settings(), Start::alone(500), NOW);
    let mut out = Outputs::default();
    let connection = ConnectionId::from_number(1);
    let peer = Peer { unthrottled: true, ..Peer::at(IpAddr::V4(Ipv4Addr::LOCALHOST)) };
    alone.handle(NOW, Input::Connected { connection, peer }, &mut out);
    for line in ["CAP REQ message-tags", "NICK alice", "USER a 0 * :a", "CAP END", "JOIN #tea"] {
        alone.handle(NOW, Input::Line { connection, line: line.as_bytes().into() }, &mut out);
    }
    let snapshot = alone.snapshot();
    let mut rig = Rig { servers: Vec::new(), runs: 0, log: VecDeque::new(), heard: Vec::new() };
    rig.start(0, snapshot.clone());
    rig.start(1, snapshot);
    rig.settle();
    rig.connect(1, 1);
    for line in ["CAP REQ message-tags", "NICK alice", "USER a 0 * :a", "CAP END", "JOIN #tea"] {
        rig.says(1, 1, line);
    }
    rig.settle();
    let id_of_join = |line: &str| {
        let id = line.split("msgid=").nth(1).unwrap().split([';', ' ']).next().unwrap().to_owned();
        settings().network.message_ids.decode(&id).unwrap()
    };
    let before = out.outputs.iter().find_map(|output| match output {
        Output::Deliver { line, .. } => std::str::from_utf8(line).ok().filter(|line| line.contains(" JOIN ")),
        _ => None,
    });
    let join = rig.heard(" JOIN ");
    assert_eq!(join.len(), 1, "whoever was connected to the lone server is gone");
    assert!(id_of_join(&join[0]) > id_of_join(before.unwrap()));
    rig.agree();
}

#[test]
fn nothing_of_others_comes_into_what_one_line_asks_for() {
    let mut rig = Rig::new(2);
    rig.registers(0, 1, "alice");
    rig.registers(1, 1, "bob");
    rig.settle();
    rig.says(1, 1, "CAP REQ :labeled-response batch");
    rig.says(0, 1, "JOIN #tea");
    rig.settle();
    rig.heard.clear();
    rig.says(1, 1, "@label=x JOIN #tea,#coffee");
    rig.says(0, 1, "PRIVMSG #tea :hello");
    let proposals = rig.log.len();
    rig.settle();
    assert_eq!(proposals, 2);
    let heard = rig.heard("1.1 ");
    let place = |word: &str| heard.iter().position(|line| line.contains(word)).unwrap();
    assert!(place("JOIN #coffee") < place("hello"), "{heard:#?}");
}

/// Machine settings that all differ from the defaults.
fn other_machine() -> MachineSettings {
    MachineSettings {
        version: "parlad-next".to_owned(),
        file: "other.toml".to_owned(),
        password_required: false,
        flood: Flood { burst: 2, rate: 1 },
        timeouts: Timeouts {
            registration: Duration::from_secs(1),
            ping_interval: Duration::from_secs(2),
            ping_timeout: Duration::from_secs(3),
        },
        sts: None,
        portion_bytes: 200,
        answer_bytes_max: 1000,
    }
}

#[test]
fn machines_of_different_settings_make_the_same_network() {
    let mut rig = Rig { servers: Vec::new(), runs: 0, log: VecDeque::new(), heard: Vec::new() };
    let snapshot = Snapshot::of_new_network(settings().network, Kept::default(), 1);
    let mut other = Settings { machine: other_machine(), ..settings() };
    // The network's settings are taken from the snapshot.
    other.network.motd = vec!["not this".to_owned()];
    rig.start(0, snapshot.clone());
    rig.start_with(1, other.clone(), snapshot);
    for which in [0, 1] {
        rig.connect(which, 1);
        rig.says(which, 1, "CAP LS 302");
        rig.says(which, 1, &format!("NICK nick{which}"));
        rig.says(which, 1, "USER user 0 * :name");
        rig.says(which, 1, "CAP END");
    }
    rig.settle();
    for line in ["JOIN #tea", "TOPIC #tea :tea", "MODE #tea +l 5", "PRIVMSG #tea :hello", "PART #tea :bye"] {
        rig.says(1, 1, line);
        rig.says(0, 1, line);
        rig.settle();
    }
    let hashes = |rig: &Rig| [0, 1].map(|which| rig.servers[which].state_hash());
    rig.agree();
    assert_eq!(hashes(&rig)[0], hashes(&rig)[1]);
    assert_eq!(rig.heard(" 002 ").iter().filter(|line| line.ends_with("parlad-next")).count(), 1);
    // One machine reads its configuration again: both have the new network settings, and the machine's own
    // stay there.
    let before = hashes(&rig)[0];
    other.machine.sts = Some(Sts { duration: Duration::from_secs(600), port: 6697 });
    other.network.motd = vec!["hello".to_owned()];
    rig.feed(1, Input::Reconfigured(Box::new(Reconfiguration { settings: other, notes: Vec::new() })));
    assert_eq!(rig.heard("sts"), ["1.1 :irc.example.org CAP nick1 NEW :sts=port=6697"], "it needs no entry");
    assert_eq!(hashes(&rig), [before; 2]);
    rig.settle();
    assert_eq!(rig.heard("sts"), Vec::<String>::new());
    rig.agree();
    assert_eq!(hashes(&rig)[0], hashes(&rig)[1]);
    assert_ne!(hashes(&rig)[0], before);
    rig.says(0, 1, "MOTD");
    assert_eq!(rig.heard(" 372 "), ["0.1 :irc.example.org 372 nick0 :- hello"]);
}
