//! Kills the program again and again while somebody writes: every message that it accepted must arrive, once
//! and in order.
//!
//! The program that is killed is this test itself, started once more with a store, networks and a person who
//! submits numbered messages. The server is the real one, in memory. `ROUNDS=50` makes the run longer,
//! `SEED=…` repeats a run.

#[path = "../../../parla-client/tests/client/support/server.rs"]
#[allow(dead_code, reason = "those who share it need other parts of it")]
mod server;

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command as Program, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    time::{Duration, Instant},
};

use futures_util::StreamExt;
use parla_client::{
    Credentials, Intent,
    view::{BufferKind, BufferView, Content, Delivery},
};
use parla_server::ConnectionId;

use super::*;
use crate::{
    clock,
    store::{Opened, Writing},
};

const MESSAGES: usize = 200;
const NET: NetworkId = NetworkId(1);
const ROOM: &str = "#tea";
/// The longest time that a round may take.
const ROUND_MAX: Duration = Duration::from_secs(180);
const FOLDER: &str = "PARLA_KILLED_FOLDER";
const ADDRESS: &str = "PARLA_KILLED_ADDRESS";
const FROM: &str = "PARLA_KILLED_FROM";

#[test]
fn what_was_accepted_arrives_once_and_in_order_however_often_the_program_is_killed() {
    let rounds = number("ROUNDS").unwrap_or(5);
    let seed = number("SEED").unwrap_or_else(|| fastrand::u64(..));
    let started = Instant::now();
    let mut all = Figures::default();
    for first in (0..rounds).step_by(4) {
        let together = first..rounds.min(first + 4);
        let running: Vec<_> = together
            .map(|round| thread::spawn(move || Round::new(seed.wrapping_add(round)).play()))
            .collect();
        for round in running {
            let figures = round.join().unwrap();
            all.kills += figures.kills;
            all.accepted += figures.accepted;
            all.unaccepted += figures.unaccepted;
        }
    }
    println!(
        "{rounds} rounds, {} kills, {} messages accepted and arrived once, {} killed before they were accepted, {:?}",
        all.kills,
        all.accepted,
        all.unaccepted,
        started.elapsed()
    );
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[derive(Default)]
struct Figures {
    kills: usize,
    accepted: usize,
    unaccepted: usize,
}

/// A server, a folder, and a program that does not live long.
struct Round {
    seed: u64,
    random: fastrand::Rng,
    folder: tempfile::TempDir,
    server: Server,
    submitted: usize,
    accepted: Vec<usize>,
    kills: usize,
}

impl Round {
    fn new(seed: u64) -> Self {
        Self {
            seed,
            random: fastrand::Rng::with_seed(seed),
            folder: tempfile::tempdir().unwrap(),
            server: Server::start(),
            submitted: 0,
            accepted: Vec::new(),
            kills: 0,
        }
    }

    fn play(mut self) -> Figures {
        let started = Instant::now();
        while !self.live_once() {
            self.kills += 1;
            let seed = self.seed;
            assert!(
                started.elapsed() < ROUND_MAX,
                "SEED={seed}: {} submitted, {:?}",
                self.submitted,
                self.said()
            );
        }
        let said = self.said();
        let seed = self.seed;
        assert!(said.is_sorted_by(|one, next| one < next), "SEED={seed}: doubled or out of order: {said:?}");
        let lost: Vec<&usize> = self.accepted.iter().filter(|number| !said.contains(number)).collect();
        assert!(lost.is_empty(), "SEED={seed}: lost: {lost:?}");
        assert_eq!(self.submitted, MESSAGES);
        let accepted = self.accepted.len();
        Figures { kills: self.kills, accepted, unaccepted: MESSAGES - accepted }
    }

    /// Starts the program, and kills it after a while. Returns true if everything had been confirmed by then.
    fn live_once(&mut self) -> bool {
        let mut program = program(self.folder.path(), self.server.port, self.submitted + 1);
        let (say, said) = channel();
        let output = BufReader::new(program.stdout.take().unwrap());
        let reading = thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                say.send(line).unwrap_or_default();
            }
        });
        let killed_at = Instant::now() + Duration::from_millis(self.random.u64(30..1_500));
        let mut is_done = false;
        while !is_done {
            match said.recv_timeout(killed_at.saturating_duration_since(Instant::now())) {
                Ok(line) => is_done = self.hear(&line),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        program.kill().unwrap();
        program.wait().unwrap();
        reading.join().unwrap();
        for line in said.try_iter() {
            is_done |= self.hear(&line);
        }
        is_done
    }

    fn hear(&mut self, line: &str) -> bool {
        let number = |start| line.strip_prefix(start).map(|number| number.parse::<usize>().unwrap());
        if let Some(number) = number("submitted ") {
            self.submitted = number;
        }
        self.accepted.extend(number("accepted "));
        line == "done"
    }

    /// The numbers that the server has received, in order.
    fn said(&self) -> Vec<usize> {
        let texts = self.server.said().into_iter();
        texts.map(|text| text.strip_prefix("message ").unwrap().parse().unwrap()).collect()
    }
}

fn program(folder: &Path, port: u16, from: usize) -> Child {
    Program::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "network_thread::killed::the_program_that_is_killed",
            "--include-ignored",
            "--nocapture",
        ])
        .env(FOLDER, folder)
        .env(ADDRESS, format!("127.0.0.1:{port}"))
        .env(FROM, from.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
#[ignore = "is started, and killed, by the test above"]
fn the_program_that_is_killed() {
    let variable = |name| std::env::var(name).unwrap();
    let mut person = Person::start(Path::new(&variable(FOLDER)), &variable(ADDRESS));
    person.until(|person| person.room().is_some());
    for number in variable(FROM).parse().unwrap()..=MESSAGES {
        person.submit(number);
    }
    person.until(|person| person.own().all(|(_, delivery)| *delivery == Delivery::Done));
    tell("done");
    person.until(|_| false);
}

fn tell(line: &str) {
    let mut out = io::stdout().lock();
    // The output of the test framework may precede it.
    write!(out, "\n{line}\n").unwrap();
    out.flush().unwrap();
}

/// Somebody who uses the program for as long as it lives.
struct Person {
    network_thread: NetworkThread,
    _writing: Writing,
    batches: UnboundedReceiver<Vec<Update>>,
    buffers: BTreeMap<u32, BufferView>,
    runtime: tokio::runtime::Runtime,
}

impl Person {
    fn start(folder: &Path, address: &str) -> Self {
        let path = |name: &str| folder.join(name);
        let Opened { writing, remembered, news } =
            Writing::open(&path("store.db"), &path("settings.json"), &path("messages")).unwrap();
        let networks = remembered.networks;
        let is_known = !networks.is_empty();
        let keyring = Keyring::missing();
        let archives = path("messages");
        let beginning = Beginning { archives, store: writing.store(), store_news: news, keyring, networks };
        let (network_thread, batches) = NetworkThread::start(beginning).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let person = Self { network_thread, _writing: writing, batches, buffers: BTreeMap::new(), runtime };
        if !is_known {
            person.command(AppCommand::Connect {
                network: NET,
                address: address.to_owned(),
                nick: "alice".to_owned(),
                unencrypted: false,
                credentials: Credentials::default(),
            });
        }
        person.command(AppCommand::Intent(NET, Intent::Join { room: ROOM.into(), key: None }));
        person
    }

    fn command(&self, command: AppCommand) {
        self.network_thread.orders().command(command);
    }

    /// Takes batches until the condition is true.
    fn until(&mut self, is: impl Fn(&Self) -> bool) {
        while !is(self) {
            let Some(batch) = self.runtime.block_on(self.batches.next()) else { return };
            for update in batch {
                if let Update::Buffer(_, view) = update {
                    self.buffers.insert(view.id.0, view);
                }
            }
        }
    }

    fn room(&self) -> Option<&BufferView> {
        self.buffers.values().find(|view| view.kind == BufferKind::Room)
    }

    /// The person's own messages, with the delivery state of each.
    fn own(&self) -> impl Iterator<Item = (&str, &Delivery)> {
        let rows = self.room().into_iter().flat_map(|view| view.timeline.rows());
        rows.filter_map(|row| match &row.content {
            Content::Message(said) if said.author.own => Some((&*said.text.plain, &said.delivery)),
            _ => None,
        })
    }

    /// Submits a message and prints that; prints it again when the interface shows the message.
    fn submit(&mut self, number: usize) {
        let buffer = self.room().unwrap().id;
        let text = format!("message {number}");
        tell(&format!("submitted {number}"));
        self.command(AppCommand::Intent(NET, Intent::Submit { buffer, input: text.as_str().into() }));
        self.until(|person| person.own().any(|(shown, _)| shown == text));
        tell(&format!("accepted {number}"));
    }
}

/// The real server, behind a socket.
struct Server {
    port: u16,
    happened: Sender<Happened>,
}

enum Happened {
    Came(TcpStream),
    Line(ConnectionId, Vec<u8>),
    Gone(ConnectionId),
    Asked(Sender<Vec<String>>),
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (happened, incoming) = channel();
        let coming = happened.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                if coming.send(Happened::Came(stream.unwrap())).is_err() {
                    return;
                }
            }
        });
        let reading = happened.clone();
        thread::spawn(move || serve(&incoming, &reading));
        Self { port, happened }
    }

    fn said(&self) -> Vec<String> {
        let (answer, answered) = channel();
        self.happened.send(Happened::Asked(answer)).unwrap();
        answered.recv().unwrap()
    }
}

fn serve(incoming: &Receiver<Happened>, happened: &Sender<Happened>) {
    let settings = parla_server::Settings::named("irc.example.org");
    let mut server = server::Memory::new(settings, clock::now());
    let mut streams: BTreeMap<ConnectionId, TcpStream> = BTreeMap::new();
    loop {
        let next = incoming.recv_timeout(Duration::from_millis(100));
        server.wake(clock::now());
        match next {
            Ok(Happened::Came(stream)) => {
                let connection = server.open();
                read(connection, stream.try_clone().unwrap(), happened.clone());
                streams.insert(connection, stream);
            }
            Ok(Happened::Line(connection, line)) => server.line(connection, &line),
            Ok(Happened::Gone(connection)) => {
                server.lost(connection);
                streams.remove(&connection);
            }
            Ok(Happened::Asked(answer)) => {
                let said = server.said(ROOM).into_iter().map(|(_, text)| text);
                answer.send(said.collect()).unwrap_or_default();
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        for (connection, stream) in &mut streams {
            while let Some(line) = server.next_line(*connection) {
                // A client that is gone is noticed elsewhere.
                let _ = stream.write_all(&line);
            }
        }
    }
}

fn read(connection: ConnectionId, stream: TcpStream, happened: Sender<Happened>) {
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        // A line that was cut off does not count.
        while reader.read_until(b'\n', &mut line).is_ok() && line.ends_with(b"\n") {
            let text = line.trim_ascii_end().to_vec();
            line.clear();
            if happened.send(Happened::Line(connection, text)).is_err() {
                return;
            }
        }
        let _ = happened.send(Happened::Gone(connection));
    });
}
