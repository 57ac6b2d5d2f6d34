//! How the server reports problems with its disk: on `/health`, in the room, and when it ends.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::{fs, time::Duration};

use rusqlite::Connection;
use rustix::process::{Resource, Rlimit, Signal, kill_process, prlimit};
use support::{
    Client, Daemon, Folder, config_with_http,
    daemon::{PROGRAM, ended},
    http, wait_for,
};

/// More than any disk has.
const TOO_MUCH: &str = "[storage]\nreserve = \"1000 PiB\"\n";

fn health(daemon: &Daemon) -> (u16, String) {
    let answer = http::get(daemon.http(), "/health", &[]);
    (answer.status, answer.text().to_owned())
}

#[test]
fn with_the_disk_nearly_full_only_what_must_be_kept_is_refused() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config_with_http(TOO_MUCH));
    let mut alice = Client::register(daemon.address(), "alice", "");
    let mut bob = Client::register(daemon.address(), "bob", "");
    let low = || daemon.log().contains("the disk is nearly full").then_some(());
    wait_for("the word that the disk is nearly full", low);
    let (status, words) = health(&daemon);
    assert_eq!(status, 503);
    assert!(words.starts_with("the disk is nearly full ("), "{words}");

    alice.send("PRIVMSG #room :is this kept?");
    let refused = alice.sync();
    assert!(
        refused
            .iter()
            .any(|line| line.contains(" 404 alice #room :") && line.contains("disk is nearly full")),
        "{refused:?}"
    );
    alice.send("JOIN #other\r\nPRIVMSG bob :hello");
    bob.until(|line| line.ends_with("PRIVMSG bob :hello"));
    assert!(alice.sync().iter().any(|line| line.ends_with("JOIN #other")));

    // It continues by itself: here the reserve is reduced, in reality something is deleted.
    folder.write("parlad.toml", config_with_http(""));
    kill_process(daemon.pid(), Signal::HUP).unwrap();
    wait_for("the word that there is room", || {
        daemon.log().contains("the disk has room again").then_some(())
    });
    assert_eq!(health(&daemon), (200, "ok\n".to_owned()));
    alice.send("PRIVMSG #room :and this?");
    bob.until(|line| line.ends_with("PRIVMSG #room :and this?"));
}

#[test]
fn a_full_disk_is_told_to_whoever_watches() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config_with_http(""));
    let mut alice = Client::register(daemon.address(), "alice", "echo-message");
    assert_eq!(health(&daemon), (200, "ok\n".to_owned()));
    let limit = |current: Option<u64>| {
        prlimit(Some(daemon.pid()), Resource::Fsize, Rlimit { current, maximum: None }).unwrap();
    };
    let log = folder.database().with_extension("db-wal");
    limit(Some(fs::metadata(log).unwrap().len()));
    alice.send("PRIVMSG #room :waits");
    let words = wait_for("the bad news", || Some(health(&daemon)).filter(|(status, _)| *status == 503)).1;
    assert!(words.contains("cannot be written"), "{words}");
    assert_eq!(alice.line_within(Duration::from_millis(10)), None);
    limit(None);
    alice.until(|line| line.ends_with("PRIVMSG #room :waits"));
    wait_for("the good news", || (health(&daemon).0 == 200).then_some(()));
}

/// Changes the database without the server's knowledge.
fn meddle(folder: &Folder, sql: &str) {
    Connection::open(folder.database()).unwrap().execute_batch(sql).unwrap();
}

fn refuses_to_start(folder: &Folder, words: &str) {
    let mut command = std::process::Command::new(PROGRAM);
    let ended = ended(command.arg("run").arg("--config").arg(folder.path().join("parlad.toml")), "");
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains(words), "{ended:?}");
}

#[test]
fn an_error_that_cannot_pass_ends_the_server() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config_with_http(""));
    let mut alice = Client::register(daemon.address(), "alice", "echo-message");
    alice.send("PRIVMSG #room :kept");
    alice.until(|line| line.ends_with(":kept"));
    meddle(&folder, "DROP TABLE messages_indexed");
    alice.send("PRIVMSG #room :not kept");
    assert!(!alice.rest().iter().any(|line| line.contains("not kept")), "it was shown");
    let (status, log) = daemon.ended();
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains("waiting does not help") && log.contains("What was shown is kept"), "{log}");
    refuses_to_start(&folder, "parla.db lacks what was in it: messages_indexed");
}

/// Moves the root of a table to a page that does not exist.
const DAMAGE: &str =
    "PRAGMA writable_schema = on; UPDATE sqlite_schema SET rootpage = 99999 WHERE name = 'messages';
    PRAGMA schema_version = 99";

#[test]
fn damage_ends_the_server_whoever_comes_across_it() {
    for line in ["PRIVMSG #room :not kept", "CHATHISTORY LATEST #room * 10"] {
        let folder = Folder::new();
        let daemon = Daemon::start(&folder, &config_with_http(""));
        let mut alice = Client::register(daemon.address(), "alice", "echo-message batch draft/chathistory");
        alice.send("PRIVMSG #room :kept");
        alice.until(|line| line.ends_with(":kept"));
        meddle(&folder, DAMAGE);
        alice.send(line);
        assert!(!alice.rest().iter().any(|line| line.contains("not kept")), "it was shown");
        let (status, log) = daemon.ended();
        assert_eq!(status.code(), Some(1), "{log}");
        assert!(log.contains("is damaged") && log.contains("The server ends"), "{log}");
        refuses_to_start(&folder, "the last run of the server found damage");
    }
}
