//! A start with a clock that is behind the last message: times continue from that message, and history is
//! found by time.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use parla_proto::Timestamp;
use rusqlite::Connection;
use support::{Client, Daemon, Folder, client::ReceivedMessage, config};

const CAPABILITIES: &str = "message-tags server-time echo-message batch draft/chathistory";

/// A data directory with two messages, stored as if the clock had been ahead by this much; and the time of
/// the last one.
fn kept_ahead(by_millis: i64) -> (Folder, Timestamp) {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(""));
    let mut alice = Client::register(daemon.address(), "alice", CAPABILITIES);
    for text in ["one", "two"] {
        alice.send(&format!("PRIVMSG #room :{text}"));
        alice.until(|line| line.ends_with(text));
    }
    assert!(daemon.stop().0.success());
    let connection = Connection::open(folder.database()).unwrap();
    connection.execute("UPDATE messages SET at = at + ?1, sum = NULL", [by_millis]).unwrap();
    let last: i64 = connection.query_row("SELECT max(at) FROM messages", [], |row| row.get(0)).unwrap();
    (folder, Timestamp::from_millis(last))
}

fn time(line: &str) -> Timestamp {
    let time = line.split("time=").nth(1).unwrap();
    time[..time.find([';', ' ']).unwrap()].parse().unwrap()
}

fn texts(client: &mut Client, query: &str) -> Vec<String> {
    client.send(&format!("CHATHISTORY {query}"));
    let lines = client.until(|line| line.contains(" BATCH -"));
    lines.iter().filter_map(|line| Some(ReceivedMessage::parse(line)?.text)).collect()
}

/// Sends a message after a start with the clock set back, and finds it by time.
fn goes_on(folder: &Folder, last: Timestamp) -> Daemon {
    let daemon = Daemon::start(folder, &config(""));
    let mut alice = Client::register(daemon.address(), "alice", CAPABILITIES);
    alice.send("PRIVMSG #room :three");
    let lines = alice.until(|line| line.ends_with(":three"));
    let at = time(lines.last().unwrap());
    assert!(at >= last, "{at} is before {last}");
    let before = format!("BEFORE #room timestamp={last} 10");
    assert!(!texts(&mut alice, &before).contains(&"three".to_owned()));
    assert_eq!(texts(&mut alice, &format!("AROUND #room timestamp={at} 10")), ["one", "two", "three"]);
    let later = Timestamp::from_millis(at.as_millis() + 1);
    assert_eq!(texts(&mut alice, &format!("BEFORE #room timestamp={later} 10")), ["one", "two", "three"]);
    assert_eq!(texts(&mut alice, &format!("LATEST #room timestamp={at} 10")), Vec::<String>::new());
    daemon
}

#[test]
fn a_day_back() {
    let (folder, last) = kept_ahead(86_400_000);
    let daemon = goes_on(&folder, last);
    let log = daemon.log();
    assert!(log.contains("the system's clock is 23 hours behind the last message"), "{log}");
}

#[test]
fn a_message_of_another_century() {
    let (folder, last) = kept_ahead(75 * 365 * 86_400_000);
    let daemon = goes_on(&folder, last);
    let log = daemon.log();
    assert!(log.contains("ERROR") && log.contains("One of the two is wrong"), "{log}");
    assert!(daemon.stop().0.success());

    // As described in the manual.
    let connection = Connection::open(folder.database()).unwrap();
    for statement in [
        "UPDATE messages SET at = unixepoch() * 1000, sum = NULL WHERE at > unixepoch() * 1000",
        "UPDATE channels SET topic_at = unixepoch() * 1000 WHERE topic_at > unixepoch() * 1000",
        "UPDATE channels SET created_at = unixepoch() * 1000 WHERE created_at > unixepoch() * 1000",
        "UPDATE accounts SET created_at = unixepoch() * 1000 WHERE created_at > unixepoch() * 1000",
        "UPDATE channel_masks SET set_at = unixepoch() * 1000 WHERE set_at > unixepoch() * 1000",
    ] {
        connection.execute(statement, []).unwrap();
    }
    drop(connection);
    let daemon = Daemon::start(&folder, &config(""));
    assert!(!daemon.log().contains("behind the last message"), "{}", daemon.log());
    let mut alice = Client::register(daemon.address(), "alice", CAPABILITIES);
    assert_eq!(texts(&mut alice, "LATEST #room * 10"), ["one", "two", "three"]);
}

#[test]
fn a_clock_that_is_right_is_not_worth_a_word() {
    let (folder, last) = kept_ahead(-1000);
    let daemon = goes_on(&folder, last);
    assert!(!daemon.log().contains("clock"), "{}", daemon.log());
}
