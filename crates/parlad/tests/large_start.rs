//! How long a start takes, and how much memory, with as much as one server is meant to keep: 33,000 people who stay
//! present, 20,000 rooms and a million messages.
//!
//! `cargo test --release -p parlad --test large_start -- --ignored --nocapture` measures it; `FOLDER` says where
//! the files are made, and keeps them for the next run.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use parla_proto::{AccountName, ChannelName, Timestamp, metadata::Key};
use parla_server::{
    AccountId, AccountState, Change, ChannelId, ChannelState, Conversation, Flags, NetworkSettings,
    PasswordProof, Presence, Rank, ScramProof, Spoken, Topic, Verb,
};
use parla_store::{Database, Durability};
use support::{Client, Daemon, Folder, config};

const ACCOUNTS: u64 = 33_000;
const ROOMS: u64 = 20_000;
const MESSAGES: u64 = 1_000_000;

/// Rooms that each person is in and has read.
const ROOMS_OF_EACH: u64 = 5;

/// What a start may take.
const READY_MAX: Duration = Duration::from_secs(1);
const RESIDENT_KIB_MAX: u64 = 150 * 1024;

#[test]
#[ignore = "it makes half a gigabyte of files, and measures a release build"]
fn a_large_server_is_ready_within_a_second() {
    let kept = std::env::var_os("FOLDER").map(PathBuf::from);
    let folder = Folder::new();
    let data = kept.unwrap_or_else(|| folder.path().join("data"));
    if !data.join("parla.db").exists() {
        let started = Instant::now();
        make(&data);
        eprintln!("the files took {:.0?} to make", started.elapsed());
    }
    let bytes: u64 = fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    eprintln!("{} MB in {}", bytes / 1_000_000, data.display());
    let toml = config("").replace("data_dir = \"data\"", &format!("data_dir = {:?}", data.to_str().unwrap()));
    let mut best = (Duration::MAX, u64::MAX);
    for _ in 0..3 {
        let started = Instant::now();
        let daemon = Daemon::start(&folder, &toml);
        let ready = started.elapsed();
        let mut client = Client::register(daemon.address(), "guest", "");
        client.send("LUSERS");
        let lusers = client.until(|line| line.contains(" 266 "));
        assert!(lusers.iter().any(|line| line.contains(&format!("{} users", ACCOUNTS + 1))), "{lusers:?}");
        let resident = resident_kib(&daemon);
        eprintln!("ready after {ready:.2?} with {} MB in memory", resident / 1024);
        best = (best.0.min(ready), best.1.min(resident));
        let stopping = Instant::now();
        assert!(daemon.stop().0.success());
        eprintln!("stopped after {:.2?}", stopping.elapsed());
    }
    if !cfg!(debug_assertions) {
        assert!(best.0 <= READY_MAX && best.1 <= RESIDENT_KIB_MAX, "{best:?}");
    }
}

/// What the process has in memory, in KiB.
fn resident_kib(daemon: &Daemon) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", daemon.pid().as_raw_nonzero())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().split(' ').next().unwrap().parse().unwrap()
}

/// Makes a data directory.
fn make(data: &Path) {
    let mut database = Database::open(data, Durability::Os).unwrap();
    let numbers = 1..=ACCOUNTS + ROOMS + MESSAGES;
    let (people, rest) = (1..=ACCOUNTS, ACCOUNTS + 1..=*numbers.end());
    let (rooms, messages) = (ACCOUNTS + 1..=ACCOUNTS + ROOMS, ACCOUNTS + ROOMS + 1..=*rest.end());
    write(&mut database, people.map(|number| Change::Account(Box::new(account(number)))));
    write(&mut database, rooms.map(|number| Change::Channel(Box::new(room(number)))));
    write(&mut database, messages.map(|number| Change::Message(Arc::new(message(number)))));
    while database.unindexed() > 0 {
        database.index().unwrap();
    }
    database.close().unwrap();
}

fn write(database: &mut Database, changes: impl Iterator<Item = Change>) {
    let mut batch = Vec::new();
    for change in changes {
        batch.push(change);
        if batch.len() == 5_000 {
            database.commit(&batch).unwrap();
            batch.clear();
        }
    }
    database.commit(&batch).unwrap();
}

fn room_number(number: u64) -> ChannelId {
    ChannelId::from_number(ACCOUNTS + 1 + number % ROOMS)
}

/// The rooms that a person is in.
fn rooms_of(number: u64) -> impl Iterator<Item = ChannelId> {
    (0..ROOMS_OF_EACH).map(move |which| room_number(number * 7 + which * 3_989))
}

fn account(number: u64) -> AccountState {
    let name = format!("person{number}");
    let scram =
        ScramProof { salt: [7; 16].into(), iterations: 4096, stored_key: [8; 32], server_key: [9; 32] };
    let hash =
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b+dWRWJTmaaJObG".into();
    let presence = Presence {
        nick: name.clone(),
        user: "person".to_owned(),
        host: format!("{number:x}.cloak.example"),
        address: "192.0.2.1".parse().unwrap(),
        realname: format!("Person Number {number}"),
        away: None,
        modes: None,
        channels: rooms_of(number).collect(),
    };
    let read = rooms_of(number).map(|room| (Conversation::Channel(room), Timestamp::from_millis(1_000)));
    AccountState {
        password: Some(PasswordProof { hash, scram }),
        presence: Some(Box::new(presence)),
        read: read.collect(),
        metadata: [(Key::parse("display-name").unwrap(), format!("Person {number}"))].into(),
        ..AccountState::new(
            AccountId::from_number(number),
            AccountName::kept(&name).unwrap(),
            Timestamp::from_millis(1_000),
        )
    }
}

fn room(number: u64) -> ChannelState {
    let rules = NetworkSettings::named("irc.example.org").name_rules();
    let name = ChannelName::parse(&format!("#room{number}"), &rules).unwrap();
    let (at, owner) = (Timestamp::from_millis(1_000), AccountId::from_number(1 + number % ACCOUNTS));
    let topic = Topic { text: format!("the topic of room {number}"), setter: "a!b@c".to_owned(), at };
    ChannelState {
        topic: Some(topic),
        owner: Some(owner),
        access: [(owner, Rank::OPERATOR)].into(),
        ..ChannelState::new(ChannelId::from_number(number), name, at, Flags::TOPIC_LOCK)
    }
}

fn message(number: u64) -> Spoken {
    let name = format!("person{}", 1 + number % ACCOUNTS);
    let room = room_number(number);
    Spoken {
        seq: number,
        at: Timestamp::from_millis(1_700_000_000_000 + number.cast_signed()),
        verb: Verb::Privmsg,
        source: format!("{name}!person@{number:x}.cloak.example"),
        account: AccountName::kept(&name).ok(),
        conversation: Some(Conversation::Channel(room)),
        target: "#room".to_owned(),
        text: format!(
            "message {number}: so many words that it is as long as what people write, {}",
            number % 997
        ),
        tags: String::new(),
        cuts: Vec::new(),
        refers_to: None,
    }
}
