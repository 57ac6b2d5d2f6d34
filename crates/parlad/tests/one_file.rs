//! A server that was stopped leaves a single file with everything in it, whatever was read before.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::{collections::BTreeSet, fs};

use support::{Client, Daemon, Folder, client::ReceivedMessage, config, daemon::hashed};

const CAPABILITIES: &str = "message-tags echo-message batch draft/chathistory";

/// The files of a data directory.
fn files(folder: &Folder) -> BTreeSet<String> {
    let files = fs::read_dir(folder.path().join("data")).unwrap();
    files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
}

fn only_one(folder: &Folder) {
    let expected = ["parla.db", "parla.lock", "parla.state"].map(str::to_owned);
    assert_eq!(files(folder), BTreeSet::from(expected));
}

/// Sends a message and reads it from the history, so that the file is open for reading.
fn say_and_read(client: &mut Client, text: &str) -> Vec<ReceivedMessage> {
    client.send(&format!("PRIVMSG #room :{text}\r\nCHATHISTORY LATEST #room * 100"));
    let lines = client.until(|line| line.contains(" BATCH -"));
    let heard: Vec<ReceivedMessage> = lines.iter().filter_map(|line| ReceivedMessage::parse(line)).collect();
    assert!(heard.iter().any(|heard| heard.text == text));
    // Without the echo.
    heard.into_iter().skip(1).collect()
}

#[test]
fn a_copy_of_the_one_file_has_everything() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(""));
    let mut alice = Client::register(daemon.address(), "alice", CAPABILITIES);
    say_and_read(&mut alice, "one");
    let seen = say_and_read(&mut alice, "two");
    assert!(files(&folder).contains("parla.db-wal"));
    assert!(daemon.stop().0.success());
    only_one(&folder);

    let elsewhere = Folder::new();
    elsewhere.write("data/parla.db", fs::read(folder.database()).unwrap());
    let daemon = Daemon::start(&elsewhere, &config(""));
    let mut bob = Client::register(daemon.address(), "bob", CAPABILITIES);
    bob.send("CHATHISTORY LATEST #room * 100");
    let lines = bob.until(|line| line.contains(" BATCH -"));
    assert_eq!(lines.iter().filter_map(|line| ReceivedMessage::parse(line)).collect::<Vec<_>>(), seen);
}

#[test]
fn a_restart_brings_everything_into_the_one_file() {
    let folder = Folder::new();
    let oper =
        format!("[[oper]]\nname = \"root\"\npassword = {:?}\nprivileges = [\"die\"]\n", hashed("secret"));
    let daemon = Daemon::start(&folder, &config(&oper));
    let mut alice = Client::register(daemon.address(), "alice", CAPABILITIES);
    let seen = say_and_read(&mut alice, "one");
    alice.send("OPER root secret");
    alice.until(|line| line.contains(" 381 "));
    alice.send("RESTART");
    alice.rest();
    // The log starts anew, because the new server found none; the messages are only in the file.
    let listening = || (daemon.log().matches("  listening on ").count() == 2).then_some(());
    support::wait_for("the server that starts again", listening);
    assert!(!daemon.log().contains("WARN"), "{}", daemon.log());
    let elsewhere = Folder::new();
    elsewhere.write("data/parla.db", fs::read(folder.database()).unwrap());
    let copy = Daemon::start(&elsewhere, &config(""));
    let mut bob = Client::register(copy.address(), "bob", CAPABILITIES);
    bob.send("CHATHISTORY LATEST #room * 100");
    let lines = bob.until(|line| line.contains(" BATCH -"));
    assert_eq!(lines.iter().filter_map(|line| ReceivedMessage::parse(line)).collect::<Vec<_>>(), seen);
    drop(daemon);
    only_one(&folder);
}

/// Another program that reads the file keeps the log; the server stops all the same, says so, and nothing is
/// lost.
#[test]
fn another_program_that_has_the_file_open() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(""));
    let mut alice = Client::register(daemon.address(), "alice", CAPABILITIES);
    say_and_read(&mut alice, "one");
    let other = rusqlite::Connection::open(folder.database()).unwrap();
    other.execute_batch("BEGIN; SELECT * FROM messages").unwrap();
    let mut statement = other.prepare("SELECT count(*) FROM messages").unwrap();
    assert_eq!(statement.query_row([], |row| row.get::<_, i64>(0)).unwrap(), 1);
    say_and_read(&mut alice, "two");
    let (status, log) = daemon.stop();
    assert!(status.success(), "{log}");
    assert!(log.contains("a copy needs both"), "{log}");
    drop(statement);
    drop(other);
    let daemon = Daemon::start(&folder, &config(""));
    let mut bob = Client::register(daemon.address(), "bob", CAPABILITIES);
    assert_eq!(say_and_read(&mut bob, "three").len(), 3);
}
