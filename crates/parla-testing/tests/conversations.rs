//! Messages between people who are logged in belong to a conversation of their accounts, and are stored in
//! the same way as those in rooms. Nobody gives a password here: the test makes the entries that sign people in.
#![expect(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use parla_proto::{AccountName, Message, Timestamp};
use parla_server::{
    AccountAsker, AccountId, AccountPair, AccountState, AlwaysOn, Change, ConnectionId, Conversation,
    EntryCommand, Input, Kept, NodeId, Output, Outputs, Page, Peer, Proposal, Proved, Query, QueryResult,
    Server, Settings, SignIn, SignOut, Snapshot, Spoken, Start, WhichDevices,
};
use parla_store::Tables;

const CLIENTS: [&str; 3] = ["alice", "bob", "carol"];

const ACCOUNTS: [&str; 4] = ["Liddell", "bob", "carol", "somebody"];

/// A server whose log and store are kept by this test.
struct Rig {
    server: Server,
    tables: Tables,
    changes: Vec<Change>,
    /// The last proposal of each client, which shows which user the client is.
    proposals: BTreeMap<ConnectionId, Proposal>,
    /// The number of proposals in the log, all of which the test numbers itself because it invents some.
    numbered: u64,
    heard: String,
    now: i64,
}

/// Whether a network stores messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum History {
    Kept,
    Off,
}

fn settings(history: History) -> Settings {
    let mut settings = Settings::named("irc.example.org");
    settings.network.history = history == History::Kept;
    let accounts = settings.network.accounts.as_mut().unwrap();
    // The clients have the nicks of accounts before they sign in, and go when they leave.
    (accounts.reserve_nicks, accounts.always_on) = (false, AlwaysOn::Off);
    settings
}

impl Rig {
    fn new(settings: Settings) -> Self {
        let account = |text| AccountState::new(id(text), name(text), Timestamp::default());
        let kept = Kept { accounts: ACCOUNTS.map(account).to_vec(), ..Kept::default() };
        let snapshot = Snapshot::of_new_network(settings.network.clone(), kept, 10);
        let start = Start::Shared { run: 7, snapshot };
        let mut rig = Self {
            server: Server::new(NodeId(1), settings, start, Timestamp::default()),
            tables: Tables::in_memory().unwrap(),
            changes: Vec::new(),
            proposals: BTreeMap::new(),
            numbered: 0,
            heard: String::new(),
            now: 0,
        };
        for client in CLIENTS {
            let peer = Peer { unthrottled: true, ..Peer::at(IpAddr::V4(Ipv4Addr::LOCALHOST)) };
            rig.feed(Input::Connected { connection: connection(client), peer });
            let capabilities = "message-tags echo-message draft/message-redaction draft/read-marker";
            for line in [
                &format!("CAP REQ :{capabilities}"),
                &format!("NICK {client}"),
                "USER u 0 * :u",
                "CAP END",
                "AWAY",
            ] {
                rig.says(client, line);
            }
        }
        rig
    }

    /// A network that stores messages, with alice and bob logged in; carol is a guest.
    fn signed_in() -> Self {
        let mut rig = Self::new(settings(History::Kept));
        rig.signs_in("alice", "Liddell");
        rig.signs_in("bob", "bob");
        rig
    }

    /// Sends a line, and returns what the sending client receives.
    fn says(&mut self, client: &str, line: &str) -> String {
        self.heard.clear();
        self.feed(Input::Line { connection: connection(client), line: line.as_bytes().into() });
        let own = format!("{client}> ");
        self.heard.lines().filter_map(|line| line.strip_prefix(&own)).collect::<Vec<_>>().join("\n")
    }

    /// Sends a message, and returns its id.
    fn sends(&mut self, client: &str, line: &str) -> String {
        let heard = self.says(client, line);
        let first = heard.lines().next().unwrap_or_default();
        let message = Message::parse(first.as_bytes()).unwrap();
        message.tags.get("msgid").unwrap().into_owned()
    }

    /// Puts a client's login into the log.
    fn signs_in(&mut self, client: &str, account: &str) {
        let sign_in = SignIn { account: id(account), by_sasl: false, proved: Proved::default() };
        self.proposes(client, EntryCommand::Account(Box::new(sign_in)));
    }

    /// Puts it into the log that a client signs out and is a guest.
    fn signs_out(&mut self, client: &str, account: &str) {
        let (asker, account, which) = (AccountAsker::Person, name(account), WhichDevices::This);
        self.proposes(client, EntryCommand::SignOut(Box::new(SignOut { asker, account, which })));
    }

    fn proposes(&mut self, client: &str, command: EntryCommand) {
        let last = self.proposals.get(&connection(client)).unwrap().clone();
        self.commit(Proposal { commands: vec![command], ..last });
    }

    fn commit(&mut self, mut proposal: Proposal) {
        if !matches!(proposal.commands[..], [EntryCommand::NodeUp(_)]) {
            self.numbered += 1;
            proposal.number = self.numbered;
        }
        self.now += 1000;
        self.feed(Input::Committed { at: self.time(), proposal: Box::new(proposal) });
    }

    fn time(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    fn feed(&mut self, input: Input) {
        let mut out = Outputs::default();
        self.server.handle(self.time(), input, &mut out);
        self.tables.commit(&out.changes).unwrap();
        self.changes.append(&mut out.changes);
        for output in out.outputs {
            match output {
                Output::Deliver { to, line } => {
                    for client in CLIENTS.into_iter().filter(|client| to.contains(&connection(client))) {
                        self.heard += &format!("{client}> {}\n", String::from_utf8_lossy(&line).trim_end());
                    }
                }
                Output::Propose(proposal) => {
                    if let Some(session) = proposal.origin.session {
                        self.proposals.insert(session, (*proposal).clone());
                    }
                    self.commit(*proposal);
                }
                Output::LineTaken { .. } | Output::Audit(_) | Output::Note(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    fn kept(&self, one: &str, other: &str) -> Vec<Arc<Spoken>> {
        kept(&self.tables, one, other)
    }

    fn texts(&self, one: &str, other: &str) -> Vec<String> {
        self.kept(one, other).iter().map(|spoken| spoken.text.clone()).collect()
    }
}

fn kept(tables: &Tables, one: &str, other: &str) -> Vec<Arc<Spoken>> {
    let conversation = Conversation::Accounts(AccountPair::new(id(one), id(other)));
    let query = Query::History { conversation, page: Page::Latest(None), limit: 100 };
    match tables.answer(&query).unwrap() {
        QueryResult::History(found) => found,
        other => panic!("{other:?}"),
    }
}

fn connection(client: &str) -> ConnectionId {
    let place = CLIENTS.iter().position(|known| *known == client).unwrap();
    ConnectionId::from_number(place as u64 + 1)
}

/// The id of the account with this name.
fn id(text: &str) -> AccountId {
    let place = ACCOUNTS.iter().position(|known| name(known) == name(text)).unwrap();
    AccountId::from_number(place as u64 + 1)
}

fn name(text: &str) -> AccountName {
    AccountName::kept(text).unwrap()
}

#[test]
fn what_two_accounts_write_is_kept_in_one_conversation_whoever_writes() {
    let mut rig = Rig::signed_in();
    let first = rig.sends("alice", "PRIVMSG bob :hello");
    rig.says("bob", &format!("@+draft/reply={first} NOTICE alice :hello yourself"));
    rig.says("bob", "@+typing=active TAGMSG alice");
    rig.says("alice", "PRIVMSG alice :a note");
    let found = rig.kept("bob", "liddell");
    let seen: Vec<_> = found.iter().map(|spoken| (spoken.source.as_str(), spoken.text.as_str())).collect();
    assert_eq!(seen, [("alice!u@127.0.0.1", "hello"), ("bob!u@127.0.0.1", "hello yourself")]);
    assert_eq!(found.iter().map(|spoken| spoken.refers_to).collect::<Vec<_>>(), [None, Some(found[0].seq)]);
    assert_eq!(rig.texts("liddell", "LIDDELL"), ["a note"]);
    assert_eq!(rig.texts("bob", "bob"), [""; 0]);
}

#[test]
fn another_machine_that_reads_the_same_log_keeps_the_same() {
    let mut rig = Rig::signed_in();
    for line in
        ["PRIVMSG bob :one", "JOIN #rust", "PRIVMSG #rust :two", "PRIVMSG alice :three", "PRIVMSG bob :four"]
    {
        rig.says("alice", line);
    }
    let mut other = Tables::in_memory().unwrap();
    for change in &rig.changes {
        other.commit(std::slice::from_ref(change)).unwrap();
    }
    for (one, another) in [("liddell", "bob"), ("liddell", "liddell")] {
        assert!(!rig.kept(one, another).is_empty());
        assert_eq!(kept(&other, one, another), rig.kept(one, another));
    }
    assert_eq!(other.last_seq().unwrap(), rig.tables.last_seq().unwrap());
}

#[test]
fn with_a_guest_there_is_no_conversation() {
    let mut rig = Rig::signed_in();
    rig.says("alice", "PRIVMSG carol :to a guest");
    rig.says("carol", "PRIVMSG alice :from a guest");
    rig.signs_out("bob", "bob");
    rig.says("bob", "NICK robert");
    let heard = rig.says("alice", "PRIVMSG robert :to somebody who has signed out");
    assert!(!heard.contains(" 401 "), "{heard}");
    assert!(rig.changes.is_empty(), "{:?}", rig.changes);
}

#[test]
fn where_no_history_is_kept_nothing_is() {
    let mut rig = Rig::new(settings(History::Off));
    rig.signs_in("alice", "liddell");
    rig.signs_in("bob", "bob");
    rig.says("alice", "PRIVMSG bob :hello");
    assert!(rig.changes.is_empty(), "{:?}", rig.changes);
}

/// By the time the message is deleted, one of the two who exchanged it may be somebody else.
#[test]
fn a_message_is_taken_back_where_it_was_kept() {
    let mut rig = Rig::signed_in();
    let id = rig.sends("alice", "PRIVMSG bob :oops");
    rig.says("alice", "PRIVMSG bob :this stays");
    rig.signs_in("alice", "somebody");
    rig.signs_in("bob", "carol");
    assert_eq!(rig.texts("bob", "liddell"), ["oops", "this stays"]);
    let heard = rig.says("alice", &format!("REDACT bob {id}"));
    assert!(heard.contains(" REDACT bob "), "{heard}");
    assert_eq!(rig.texts("bob", "liddell"), ["this stays"]);
}

#[test]
fn what_an_account_has_read_is_read_whatever_the_other_is_called() {
    let mut rig = Rig::signed_in();
    let at = "timestamp=1970-01-01T00:00:05.000Z";
    rig.now = 10_000;
    rig.says("alice", &format!("MARKREAD bob {at}"));
    rig.says("carol", &format!("MARKREAD bob {at}"));
    rig.says("bob", "NICK robert");
    for (client, asked, expected) in
        [("alice", "robert", at), ("alice", "bob", "*"), ("carol", "robert", "*"), ("carol", "bob", at)]
    {
        let heard = rig.says(client, &format!("MARKREAD {asked}"));
        assert_eq!(heard, format!(":irc.example.org MARKREAD {asked} {expected}"), "{client}");
    }
}

#[test]
fn what_was_read_before_signing_in_is_read() {
    let mut rig = Rig::signed_in();
    rig.now = 10_000;
    let (early, late) = ("timestamp=1970-01-01T00:00:05.000Z", "timestamp=1970-01-01T00:00:07.000Z");
    rig.says("carol", "JOIN #rust");
    rig.says("carol", &format!("MARKREAD #rust {early}"));
    rig.signs_in("carol", "carol");
    let ask = |rig: &mut Rig, name| rig.says("carol", &format!("MARKREAD {name}"));
    assert_eq!(ask(&mut rig, "#rust"), format!(":irc.example.org MARKREAD #rust {early}"));
    rig.says("carol", &format!("MARKREAD #rust {late}"));
    rig.says("carol", "MARKREAD #rust timestamp=1970-01-01T00:00:06.000Z");
    assert_eq!(ask(&mut rig, "#rust"), format!(":irc.example.org MARKREAD #rust {late}"));
}
