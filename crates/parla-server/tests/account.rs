//! Logging in and out through a shared log: who is told what.
#![expect(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
};

use expect_test::{Expect, expect};
use parla_proto::{AccountName, Timestamp};
use parla_server::{
    AccountAsker, AccountId, AccountState, AlwaysOn, ConnectionId, EntryCommand, Input, Kept, NodeId, Output,
    Outputs, Peer, Proposal, Proved, Server, Settings, SignIn, SignOut, Snapshot, Start, WhichDevices,
};

const ACCOUNTS: [&str; 4] = ["liddell", "wonder", "bob", r"a\b"];

/// A server whose log is kept by this test.
struct Rig {
    server: Server,
    clients: Vec<&'static str>,
    /// The last proposal of each client.
    proposals: BTreeMap<ConnectionId, Proposal>,
    /// The number of proposals in the log, all of which the test numbers itself because it invents some.
    numbered: u64,
    heard: String,
}

impl Rig {
    fn new() -> Self {
        let mut settings = Settings::named("irc.example.org");
        // The clients here have the nicks of accounts before they sign in.
        let accounts = settings.network.accounts.as_mut().unwrap();
        (accounts.reserve_nicks, accounts.always_on) = (false, AlwaysOn::Off);
        let account = |(number, name)| {
            let (id, name) = (AccountId::from_number(number), AccountName::kept(name).unwrap());
            AccountState::new(id, name, Timestamp::default())
        };
        let accounts = (1..).zip(ACCOUNTS).map(account).collect();
        let kept = Kept { accounts, ..Kept::default() };
        let snapshot = Snapshot::of_new_network(settings.network.clone(), kept, 10);
        let start = Start::Shared { run: 7, snapshot };
        let server = Server::new(NodeId(1), settings, start, Timestamp::default());
        Self { server, clients: Vec::new(), proposals: BTreeMap::new(), numbered: 0, heard: String::new() }
    }

    fn connection(&self, client: &str) -> ConnectionId {
        let place = self.clients.iter().position(|known| *known == client).unwrap();
        ConnectionId::from_number(place as u64 + 1)
    }

    fn connect(&mut self, client: &'static str, capabilities: &str) {
        self.clients.push(client);
        let connection = self.connection(client);
        let peer = Peer { unthrottled: true, ..Peer::at(IpAddr::V4(Ipv4Addr::LOCALHOST)) };
        self.feed(Input::Connected { connection, peer });
        for line in [
            format!("CAP REQ :{capabilities}"),
            format!("NICK {client}"),
            format!("USER {client} 0 * :{client}"),
            "CAP END".to_owned(),
            // The proposal shows which user the client is.
            "AWAY".to_owned(),
        ] {
            self.says(client, &line);
        }
        self.heard.clear();
    }

    fn says(&mut self, client: &str, line: &str) {
        self.feed(Input::Line { connection: self.connection(client), line: line.as_bytes().into() });
    }

    /// Puts a client's login into the log.
    fn logs_in(&mut self, client: &str, account: &str) {
        let place = ACCOUNTS.iter().position(|known| known.eq_ignore_ascii_case(account)).unwrap();
        let account = AccountId::from_number(place as u64 + 1);
        let sign_in = SignIn { account, by_sasl: false, proved: Proved::default() };
        self.proposes(client, EntryCommand::Account(Box::new(sign_in)));
    }

    fn logs_out(&mut self, client: &str, account: &str) {
        let account = AccountName::kept(account).unwrap();
        let sign_out = SignOut { asker: AccountAsker::Person, account, which: WhichDevices::This };
        self.proposes(client, EntryCommand::SignOut(Box::new(sign_out)));
    }

    fn proposes(&mut self, client: &str, command: EntryCommand) {
        let last = self.proposals.get(&self.connection(client)).unwrap().clone();
        self.commit(Proposal { commands: vec![command], ..last });
    }

    fn commit(&mut self, mut proposal: Proposal) {
        if !matches!(proposal.commands[..], [EntryCommand::NodeUp(_)]) {
            self.numbered += 1;
            proposal.number = self.numbered;
        }
        self.feed(Input::Committed { at: Timestamp::default(), proposal: Box::new(proposal) });
    }

    fn feed(&mut self, input: Input) {
        let mut out = Outputs::default();
        self.server.handle(Timestamp::default(), input, &mut out);
        for output in out.outputs {
            match output {
                Output::Deliver { to, line } => {
                    let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                    let mut names: Vec<&str> = self
                        .clients
                        .iter()
                        .copied()
                        .filter(|client| to.contains(&self.connection(client)))
                        .collect();
                    names.sort_unstable();
                    self.heard += &format!("{}> {text}\n", names.join(", "));
                }
                Output::Propose(proposal) => {
                    if let Some(session) = proposal.origin.session {
                        self.proposals.insert(session, (*proposal).clone());
                    }
                    self.commit(*proposal);
                }
                Output::LineTaken { .. } | Output::Close { .. } | Output::Audit(_) | Output::Note(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "expect! makes a value")]
    fn check(&mut self, expected: Expect) {
        expected.assert_eq(&std::mem::take(&mut self.heard));
    }
}

/// Alice logs in; bob shares a channel with her and wants to be told, carol shares it and does not, and dave
/// watches from outside.
fn house() -> Rig {
    let mut rig = Rig::new();
    rig.connect("alice", "batch");
    rig.connect("bob", "account-notify account-tag extended-join");
    rig.connect("carol", "away-notify");
    rig.connect("dave", "account-notify extended-monitor");
    rig.connect("erin", "account-notify account-tag");
    for client in ["alice", "bob", "carol"] {
        rig.says(client, "JOIN #rust");
    }
    for client in ["dave", "erin"] {
        rig.says(client, "MONITOR + alice");
    }
    rig.heard.clear();
    rig
}

#[test]
fn logging_in_and_out_is_told() {
    let mut rig = house();
    rig.logs_in("alice", "liddell");
    rig.check(expect![[r#"
        alice> :irc.example.org 900 alice alice!alice@127.0.0.1 liddell :You are now logged in as liddell
        bob, dave> :alice!alice@127.0.0.1 ACCOUNT liddell
    "#]]);
    rig.logs_in("alice", "liddell");
    rig.check(expect![[r#"
        alice> :irc.example.org 900 alice alice!alice@127.0.0.1 liddell :You are now logged in as liddell
    "#]]);
    rig.logs_in("alice", "wonder");
    rig.check(expect![[r#"
        alice> :irc.example.org 900 alice alice!alice@127.0.0.1 wonder :You are now logged in as wonder
        bob, dave> :alice!alice@127.0.0.1 ACCOUNT wonder
    "#]]);
    rig.logs_in("bob", "bob");
    rig.check(expect![[r#"
        bob> :irc.example.org 900 bob bob!bob@127.0.0.1 bob :You are now logged in as bob
        bob> :bob!bob@127.0.0.1 ACCOUNT bob
    "#]]);
    rig.logs_out("alice", "wonder");
    rig.check(expect![[r#"
        alice> :alice!alice@127.0.0.1 PART #rust :Signed out
        alice> :alice!alice@127.0.0.1 NICK :Guest28
        alice> :irc.example.org 901 Guest28 Guest28!alice@127.0.0.1 :You are now logged out
        bob, carol> :alice!alice@127.0.0.1 QUIT :Signed out
        dave, erin> :irc.example.org 731 * :alice
    "#]]);
}

#[test]
fn every_line_of_a_user_carries_its_account() {
    let mut rig = house();
    rig.logs_in("alice", "liddell");
    rig.heard.clear();
    for line in [
        "PRIVMSG #rust :hello",
        "TOPIC #rust :tea",
        "MODE #rust +v bob",
        "AWAY :lunch",
        "NICK alicia",
        "INVITE erin #rust",
        "PART #rust :bye",
        "JOIN #rust",
        "QUIT :bye",
    ] {
        rig.says("alice", line);
    }
    rig.check(expect![[r#"
        bob> @account=liddell :alice!alice@127.0.0.1 PRIVMSG #rust :hello
        carol> :alice!alice@127.0.0.1 PRIVMSG #rust :hello
        alice, carol> :alice!alice@127.0.0.1 TOPIC #rust :tea
        bob> @account=liddell :alice!alice@127.0.0.1 TOPIC #rust :tea
        alice, carol> :alice!alice@127.0.0.1 MODE #rust +v bob
        bob> @account=liddell :alice!alice@127.0.0.1 MODE #rust +v bob
        alice> :irc.example.org 306 alice :You have been marked as being away
        carol> :alice!alice@127.0.0.1 AWAY :lunch
        bob> @account=liddell :alice!alice@127.0.0.1 NICK :alicia
        alice, carol> :alice!alice@127.0.0.1 NICK :alicia
        dave> :irc.example.org 731 * :alice
        erin> :irc.example.org 731 * :alice
        alice> :irc.example.org 341 alicia erin #rust
        erin> @account=liddell :alicia!alice@127.0.0.1 INVITE erin #rust
        bob> @account=liddell :alicia!alice@127.0.0.1 PART #rust :bye
        alice, carol> :alicia!alice@127.0.0.1 PART #rust :bye
        bob> @account=liddell :alicia!alice@127.0.0.1 JOIN #rust liddell :alice
        alice, carol> :alicia!alice@127.0.0.1 JOIN #rust
        carol> :alicia!alice@127.0.0.1 AWAY :lunch
        alice> :irc.example.org 332 alicia #rust :tea
        alice> :irc.example.org 333 alicia #rust alice!alice@127.0.0.1 0
        alice> :irc.example.org 353 alicia = #rust :+bob carol alicia
        alice> :irc.example.org 366 alicia #rust :End of /NAMES list
        alice> ERROR :Closing link: 127.0.0.1 (Quit: bye)
        bob> @account=liddell :alicia!alice@127.0.0.1 QUIT :Quit: bye
        carol> :alicia!alice@127.0.0.1 QUIT :Quit: bye
    "#]]);
}

#[test]
fn an_account_is_escaped_in_every_tag() {
    let mut rig = house();
    rig.logs_in("alice", r"a\b");
    rig.heard.clear();
    rig.says("alice", "PRIVMSG bob :hello");
    rig.says("alice", "TOPIC #rust :tea");
    rig.check(expect![[r#"
        bob> @account=a\\b :alice!alice@127.0.0.1 PRIVMSG bob :hello
        alice, carol> :alice!alice@127.0.0.1 TOPIC #rust :tea
        bob> @account=a\\b :alice!alice@127.0.0.1 TOPIC #rust :tea
    "#]]);
}

#[test]
fn a_login_of_someone_who_left_is_nothing() {
    let mut rig = house();
    rig.says("alice", "QUIT :bye");
    rig.heard.clear();
    rig.logs_in("alice", "liddell");
    rig.check(expect![[r""]]);
}
