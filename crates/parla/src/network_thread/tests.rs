//! The networks' thread against small servers on this machine, with a few lines each that a test reads and writes.

mod refused;
mod remembered;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    time::{Duration, Instant},
};

use futures_util::StreamExt;
use parla_client::{
    Credentials, Intent, ProblemKind,
    view::{Announcement, BufferKind, BufferView, Content, LinkState, NetworkView, Presence},
};
use tempfile::TempDir;

use super::*;
use crate::{
    keyring::Keyring,
    store::{Opened, Remembered, Writing},
};

const WAIT: Duration = Duration::from_secs(10);
const NET: NetworkId = NetworkId(1);

/// The thread with its files, and what the interface would know.
struct App {
    folder: TempDir,
    network_thread: NetworkThread,
    writing: Option<Writing>,
    batches: UnboundedReceiver<Vec<Update>>,
    network: Option<NetworkView>,
    buffers: BTreeMap<(NetworkId, u32), BufferView>,
    seen: Vec<Update>,
    taken: usize,
}

impl App {
    fn start(folder: TempDir) -> Self {
        Self::start_with(folder, Tls::default())
    }

    fn start_with(folder: TempDir, tls: Tls) -> Self {
        Self::start_as(folder, (tls, Keyring::missing()))
    }

    fn start_as(folder: TempDir, (tls, keyring): (Tls, Keyring)) -> Self {
        let Opened { writing, remembered, news } = open(&folder);
        let beginning = Beginning {
            archives: folder.path().join("messages"),
            store: writing.store(),
            store_news: news,
            keyring,
            networks: remembered.networks,
        };
        let (network_thread, batches) = NetworkThread::start_with(beginning, tls).unwrap();
        Self {
            folder,
            network_thread,
            writing: Some(writing),
            batches,
            network: None,
            buffers: BTreeMap::new(),
            seen: Vec::new(),
            taken: 0,
        }
    }

    fn new() -> Self {
        Self::start(tempfile::tempdir().unwrap())
    }

    fn connected_to(server: &Server) -> Self {
        let app = Self::new();
        app.connect(&server.address());
        app
    }

    /// An app whose person is in #tea, and the server's end of its connection.
    fn in_tea_of(server: &Server) -> (Self, Peer) {
        let mut app = Self::connected_to(server);
        let mut peer = server.welcome();
        app.until("registration", Self::is_online);
        app.command(AppCommand::Intent(NET, Intent::Join { room: "#tea".into(), key: None }));
        peer.hear("JOIN #tea");
        peer.join("#tea");
        (app, peer)
    }

    fn connect(&self, address: &str) {
        self.command(connect_as(NET, address));
    }

    fn command(&self, command: AppCommand) {
        self.network_thread.orders().command(command);
    }

    fn take_batch(&mut self, within: Duration) -> bool {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let batch = runtime.block_on(async { tokio::time::timeout(within, self.batches.next()).await });
        let Ok(Some(batch)) = batch else { return false };
        self.taken += 1;
        for update in batch {
            match update {
                Update::Network(view) => self.network = Some(view),
                Update::Buffer(network, view) => {
                    self.buffers.insert((network, view.id.0), view);
                }
                other => self.seen.push(other),
            }
        }
        true
    }

    /// Takes batches until the condition is true.
    fn until(&mut self, what: &str, is: impl Fn(&Self) -> bool) {
        let end = Instant::now() + WAIT;
        while !is(self) {
            let left = end.saturating_duration_since(Instant::now());
            assert!(self.take_batch(left), "no {what}; {:?}", self.network);
        }
    }

    fn is_online(&self) -> bool {
        self.network.as_ref().is_some_and(|view| view.link == LinkState::Online)
    }

    fn is_stopped_by(&self, kind: ProblemKind) -> bool {
        self.network.as_ref().is_some_and(
            |view| matches!(&view.link, LinkState::Stopped { why: Some(why), .. } if why.kind == kind),
        )
    }

    fn is_waiting(&self) -> bool {
        self.network.as_ref().is_some_and(|view| matches!(view.link, LinkState::Waiting { .. }))
    }

    /// The messages of a conversation.
    fn said(&self, name: &str) -> Vec<String> {
        let mut views = self.buffers.values().filter(|view| &*view.name == name);
        views.next_back().map(texts).unwrap_or_default()
    }

    /// The messages of each conversation with this name.
    fn all_said(&self, name: &str) -> Vec<Vec<String>> {
        let views = self.buffers.values().filter(|view| &*view.name == name);
        views.map(texts).filter(|texts| !texts.is_empty()).collect()
    }

    fn is_left(&self) -> bool {
        self.network.as_ref().is_some_and(|view| matches!(view.link, LinkState::Stopped { why: None, .. }))
    }

    /// Sends a message to the channel.
    fn say(&self, text: &str) {
        let room = self.buffers.values().find(|view| view.kind == BufferKind::Room).unwrap().id;
        self.command(AppCommand::Intent(NET, Intent::Submit { buffer: room, input: text.into() }));
    }

    fn is_present(&self, name: &str) -> bool {
        self.buffers.values().any(|view| &*view.name == name && view.presence == Presence::Present)
    }

    /// Ends the app, and returns its folder for the next one.
    fn end(mut self) -> TempDir {
        self.network_thread.end();
        self.writing.take().unwrap().end();
        self.folder
    }
}

fn open(folder: &TempDir) -> Opened {
    let path = |name: &str| folder.path().join(name);
    Writing::open(&path("store.db"), &path("settings.json"), &path("messages")).unwrap()
}

/// What the next start would find.
fn remembered(folder: &TempDir) -> Remembered {
    let opened = open(folder);
    opened.writing.end();
    opened.remembered
}

fn texts(view: &BufferView) -> Vec<String> {
    let texts = view.timeline.rows().filter_map(|row| match &row.content {
        Content::Message(said) => Some(said.text.plain.to_string()),
        Content::Event(_) | Content::Server(_) | Content::Gap(_) => None,
    });
    texts.collect()
}

fn connect_as(network: NetworkId, address: &str) -> AppCommand {
    AppCommand::Connect {
        network,
        address: address.to_owned(),
        nick: "alice".to_owned(),
        unencrypted: false,
        credentials: Credentials::default(),
    }
}

/// A server that waits for connections.
struct Server(TcpListener);

/// One connection to it.
struct Peer(BufReader<TcpStream>);

impl Server {
    fn new() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    fn address(&self) -> String {
        self.0.local_addr().unwrap().to_string()
    }

    fn accept(&self) -> Peer {
        let (stream, _) = self.0.accept().unwrap();
        stream.set_read_timeout(Some(WAIT)).unwrap();
        stream.set_write_timeout(Some(WAIT)).unwrap();
        Peer(BufReader::new(stream))
    }

    /// Accepts a connection and registers it.
    fn welcome(&self) -> Peer {
        let mut peer = self.accept();
        peer.hear("USER ");
        peer.say(":irc.test CAP * LS :message-tags server-time echo-message");
        peer.hear("CAP REQ");
        peer.say(":irc.test CAP * ACK :message-tags server-time echo-message");
        peer.hear("CAP END");
        for line in ["001 alice :Welcome", "005 alice NETWORK=Test :are supported", "422 alice :No MOTD"] {
            peer.say(&format!(":irc.test {line}"));
        }
        peer
    }
}

impl Peer {
    fn say(&mut self, line: &str) {
        self.0.get_mut().write_all(format!("{line}\r\n").as_bytes()).unwrap();
    }

    /// Reads up to a line with this start.
    fn hear(&mut self, start: &str) -> String {
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "closed before {start}");
            if line.starts_with(start) {
                return line.trim_end().to_owned();
            }
        }
    }

    fn join(&mut self, room: &str) {
        self.say(&format!(":alice!a@host JOIN {room}"));
        self.say(&format!(":irc.test 353 alice = {room} :alice bob"));
        self.say(&format!(":irc.test 366 alice {room} :End of NAMES"));
    }
}

fn message(id: usize) -> String {
    let at = parla_proto::Timestamp::from_millis(1_700_000_000_000 + 1_000 * i64::try_from(id).unwrap());
    format!("@msgid=m{id};time={at} :bob!b@host PRIVMSG #tea :{id}")
}

#[test]
fn what_is_said_is_seen() {
    let server = Server::new();
    let (mut app, mut peer) = App::in_tea_of(&server);
    app.until("name", |app| app.network.as_ref().is_some_and(|view| &*view.name == "Test"));
    peer.say(&message(1));
    app.until("message", |app| app.said("#tea") == ["1"]);
    let tea = app.buffers.values().find(|view| view.kind == BufferKind::Room).unwrap().id;
    app.command(AppCommand::Intent(NET, Intent::Submit { buffer: tea, input: "hello".into() }));
    peer.hear("PRIVMSG #tea ");
}

#[test]
fn a_lost_connection_is_made_again() {
    let server = Server::new();
    let mut app = App::connected_to(&server);
    let peer = server.welcome();
    app.until("registration", App::is_online);
    drop(peer);
    app.until("pause", App::is_waiting);
    let _peer = server.welcome();
    app.until("registration", App::is_online);
}

#[test]
fn the_next_start_finds_rooms_and_messages() {
    let server = Server::new();
    let (mut app, mut peer) = App::in_tea_of(&server);
    for id in 1..=300 {
        peer.say(&message(id));
    }
    app.until("messages", |app| app.said("#tea").len() == 300);
    let folder = app.end();

    // The server does not answer this time.
    let mut app = App::start(folder);
    let mut peer = server.accept();
    app.until("what was kept", |app| app.said("#tea").len() == 200);
    assert_eq!(app.said("#tea").first().map(String::as_str), Some("101"));
    assert!(!app.is_online());
    let tea = app.buffers.values().find(|view| view.kind == BufferKind::Room).unwrap().id;
    app.command(AppCommand::Intent(NET, Intent::LoadEarlier { buffer: tea }));
    app.until("earlier ones", |app| app.said("#tea").len() > 200);
    // Messages that come again from the server's history are recognised.
    peer.hear("USER ");
    peer.say(":irc.test 001 alice :Welcome");
    peer.say(":irc.test 422 alice :No MOTD");
    peer.hear("JOIN #tea");
    peer.join("#tea");
    peer.say(&message(300));
    peer.say(&message(301));
    app.until("what is new", |app| app.said("#tea").last().map(String::as_str) == Some("301"));
    assert_eq!(app.said("#tea").iter().filter(|text| *text == "300").count(), 1);
}

#[test]
fn what_was_said_in_a_room_follows_its_new_name() {
    let server = Server::new();
    let (mut app, mut peer) = App::in_tea_of(&server);
    peer.say(&message(1));
    peer.say("@msgid=d1 :bob!b@host PRIVMSG alice :psst");
    peer.say(":bob!b@host RENAME #tea #cake :");
    peer.say(&message(2).replace("#tea", "#cake"));
    peer.say(":bob!b@host NICK rob");
    app.until("new names", |app| app.said("#cake") == ["1", "2"] && app.said("rob") == ["psst"]);
    let folder = app.end();

    let mut app = App::start(folder);
    let _peer = server.accept();
    app.until("what was kept", |app| app.said("#cake") == ["1", "2"] && app.said("rob") == ["psst"]);
}

#[test]
fn a_burst_comes_in_few_batches() {
    let server = Server::new();
    let mut app = App::connected_to(&server);
    let mut peer = server.welcome();
    peer.join("#tea");
    app.until("room", |app| app.is_present("#tea"));
    while app.take_batch(Duration::from_millis(300)) {}
    let (start, before) = (Instant::now(), app.taken);
    let talking = thread::spawn(move || {
        for id in 1..=1_000 {
            peer.say(&message(id));
            thread::sleep(Duration::from_millis(1));
        }
        peer
    });
    app.until("messages", |app| app.said("#tea").len() == 1_000);
    let batches = app.taken - before;
    let fair = start.elapsed().as_millis() / parla_engine::UPDATES_GAP.as_millis() + 2;
    assert!(batches <= usize::try_from(fair).unwrap(), "{batches} batches in {:?}", start.elapsed());
    drop(talking.join().unwrap());
}

#[test]
fn a_single_change_is_told_at_once() {
    let server = Server::new();
    let mut app = App::connected_to(&server);
    let mut peer = server.welcome();
    peer.join("#tea");
    app.until("room", |app| app.is_present("#tea"));
    let mut best = Duration::MAX;
    for id in 1..=5 {
        while app.take_batch(Duration::from_millis(100)) {}
        let start = Instant::now();
        peer.say(&message(id));
        assert!(app.take_batch(WAIT));
        best = best.min(start.elapsed());
    }
    assert!(best < Duration::from_millis(20), "{best:?}");
}

#[test]
fn a_window_that_looks_away_is_not_buried() {
    let server = Server::new();
    let mut app = App::connected_to(&server);
    let mut peer = server.welcome();
    peer.join("#tea");
    app.until("room", |app| app.is_present("#tea"));
    for id in 1..=2_000 {
        peer.say(&message(id));
        if id % 200 == 0 {
            thread::sleep(Duration::from_millis(70));
        }
    }
    let before = app.taken;
    app.until("messages", |app| app.said("#tea").len() == 2_000);
    assert!(app.taken - before <= 6, "{} batches had gathered", app.taken - before);
}

#[test]
fn the_end_is_polite_and_soon() {
    let server = Server::new();
    let mut app = App::connected_to(&server);
    let mut peer = server.welcome();
    app.until("registration", App::is_online);
    let silent = Server::new();
    app.command(connect_as(NetworkId(2), &silent.address()));
    let mut silent = silent.accept();
    silent.hear("NICK");
    let start = Instant::now();
    let ending = thread::spawn(move || app.end());
    peer.hear("QUIT");
    drop(peer);
    let folder = ending.join().unwrap();
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!(remembered(&folder).networks.len(), 2);
}

#[test]
fn a_line_without_end_is_no_line() {
    let server = Server::new();
    let mut app = App::connected_to(&server);
    let mut peer = server.welcome();
    peer.join("#tea");
    app.until("room", |app| app.is_present("#tea"));
    let piece = vec![b'x'; 1 << 16];
    for _ in 0..64 {
        peer.0.get_mut().write_all(&piece).unwrap();
    }
    peer.say("");
    peer.say(&message(1));
    app.until("message", |app| app.said("#tea") == ["1"]);
}

#[test]
fn a_server_that_does_not_read_is_given_up() {
    let server = Server::new();
    let mut app = App::connected_to(&server);
    let mut peer = server.welcome();
    app.until("registration", App::is_online);
    let pings = format!("PING {}\r\n", "x".repeat(400)).repeat(100);
    let start = Instant::now();
    while peer.0.get_mut().write_all(pings.as_bytes()).is_ok() {
        assert!(start.elapsed() < Duration::from_secs(30));
    }
    app.until("loss", App::is_waiting);
}

#[test]
fn a_network_that_is_forgotten_is_gone() {
    let server = Server::new();
    let mut app = App::connected_to(&server);
    let mut peer = server.welcome();
    app.until("registration", App::is_online);
    app.command(AppCommand::Forget(NET));
    peer.hear("QUIT");
    app.until("farewell", |app| app.seen.contains(&Update::NetworkForgotten(NET)));
    let folder = app.end();
    assert!(remembered(&folder).networks.is_empty());
}

#[test]
fn an_archive_that_is_broken_is_told_and_chat_goes_on() {
    let server = Server::new();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("messages"), "no folder").unwrap();
    let mut app = App::start(folder);
    app.connect(&server.address());
    let mut peer = server.welcome();
    peer.join("#tea");
    peer.say(&message(1));
    app.until("message", |app| app.said("#tea") == ["1"]);
    app.until("announcement", |app| {
        app.seen
            .iter()
            .any(|update| matches!(update, Update::Announcement(NET, None, Announcement::Problem(_))))
    });
    let mut rest = Vec::new();
    drop(app.end());
    peer.0.read_to_end(&mut rest).unwrap();
}
