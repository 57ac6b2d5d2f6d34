//! Passwords under pressure: many people who log in at once, and people who guess.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::fs;

use support::{Client, Daemon, Folder, config, daemon::hashed, wait_for};

/// A server with the password `door` and the operator `root`, whose password is `secret`.
fn guarded(more: &str) -> String {
    let (door, secret) = (hashed("door"), hashed("secret"));
    let oper = format!("[[oper]]\nname = \"root\"\npassword = \"{secret}\"\nprivileges = []\n");
    config(&format!("{more}\n{oper}")).replacen(
        "[[listen]]",
        &format!("password = \"{door}\"\n[[listen]]"),
        1,
    )
}

/// The number of connections is not what is tested here.
const OFTEN: &str = "max_rate_per_ip = 100000";

fn introduction(nick: &str, password: &str) -> String {
    format!("PASS {password}\r\nNICK {nick}\r\nUSER {nick} 0 * :{nick}")
}

fn come(client: &mut Client, nick: &str, password: &str) {
    client.send(&introduction(nick, password));
}

fn has(lines: &[String], part: &str) -> bool {
    lines.iter().any(|line| line.contains(part))
}

/// With a single thread and time-outs that keep running, most of them would be disconnected after the second
/// that they have.
#[test]
fn a_crowd_that_comes_at_once_is_let_in() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &guarded("registration_timeout = \"1s\""));
    let mut crowd: Vec<Client> = (0..80).map(|_| Client::open(daemon.address())).collect();
    for (number, client) in crowd.iter_mut().enumerate() {
        come(client, &format!("guest{number}"), "door");
    }
    for client in &mut crowd {
        client.until(|line| line.contains(" 001 "));
    }
    assert!(daemon.stop().0.success());
}

/// The server's resident memory in KiB.
fn resident(daemon: &Daemon) -> u64 {
    let path = format!("/proc/{}/status", daemon.pid().as_raw_nonzero());
    let status = fs::read_to_string(path).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Two hashes of 19 MiB may be compared at the same time; their memory is reused for the next ones.
#[test]
#[cfg(target_os = "linux")]
fn wrong_passwords_take_no_memory_for_each() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &guarded(OFTEN));
    let before = resident(&daemon);
    let mut guessers: Vec<Client> = (0..10).map(|_| Client::open(daemon.address())).collect();
    for (number, client) in guessers.iter_mut().enumerate() {
        come(client, &format!("guesser{number}"), "door");
        client.until(|line| line.contains(" 376 ") || line.contains(" 422 "));
        client.send("OPER root one\r\nOPER root two\r\nOPER root three");
    }
    for client in &mut guessers {
        assert!(has(&client.rest(), "Too many failed attempts"));
    }
    let grown = resident(&daemon).saturating_sub(before);
    assert!(grown < 64 * 1024, "{grown} KiB more");
    assert!(daemon.stop().0.success());
}

#[test]
fn guesses_are_counted_by_address_over_all_connections() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &guarded(OFTEN));
    let open = |nick: &str| {
        let mut client = Client::open_limited(daemon.address());
        come(&mut client, nick, "door");
        client.until(|line| line.contains(" 376 ") || line.contains(" 422 "));
        client
    };
    let mut guesser = open("guesser");
    guesser.send("OPER root 1\r\nOPER root 2\r\nOPER nobody 3");
    assert_eq!(guesser.rest().iter().filter(|line| line.contains(" 464 ")).count(), 3);
    // A client that sends the same password again and again is not guessing.
    for _ in 0..2 {
        let mut stale = open("stale");
        stale.send("OPER root 1\r\nOPER root 1\r\nOPER root 1");
        assert_eq!(stale.rest().iter().filter(|line| line.contains(" 464 ")).count(), 3);
    }
    let mut guesser = open("guesser");
    guesser.send("OPER root 4\r\nOPER root 5\r\nOPER root 6");
    let heard = guesser.rest();
    assert!(has(&heard, " 464 ") && has(&heard, " 263 guesser OPER :Too many wrong passwords"), "{heard:#?}");
    // Others need not wait, and neither does somebody who gives the server's password.
    let mut other = Client::open(daemon.address());
    come(&mut other, "other", "door");
    other.until(|line| line.contains(" 001 "));
    other.send("OPER root secret");
    assert!(has(&other.sync(), " 381 "));
    // A legitimate user behind the same address has to wait for a moment.
    wait_for("the end of the pause", || {
        let mut root = open("root");
        root.send("OPER root secret");
        has(&root.sync(), " 381 ").then_some(())
    });
    let (status, log) = daemon.stop();
    assert!(status.success());
    assert!(log.contains("refused: Too many wrong passwords from your address"), "{log}");
}

#[test]
fn wrong_passwords_of_the_server_are_counted_too() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &guarded(OFTEN));
    let attempt = |password: &str| {
        let mut client = Client::open_limited(daemon.address());
        client.send(&(introduction("guesser", password) + "\r\nQUIT"));
        client.rest()
    };
    for number in 0..5 {
        assert!(has(&attempt(&number.to_string()), " 464 "));
    }
    let heard = attempt("6");
    assert!(has(&heard, "ERROR :Closing link: 127.0.0.2 (Too many wrong passwords"), "{heard:#?}");
    assert!(has(&attempt("0"), " 464 "), "what is known to be wrong is wrong");
    wait_for("the end of the pause", || has(&attempt("door"), " 001 ").then_some(()));
    assert!(daemon.stop().0.success());
}
