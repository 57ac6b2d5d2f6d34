//! Operators against the real server: passwords with real hashes, the configuration read again, stops and starts.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use rustix::process::{Signal, kill_process};
use support::{Client, Daemon, Folder, config, daemon::hashed, wait_for};

/// The operator `root` with the password `secret`, and a bound on topics.
fn with_operator(topic_length: usize, more: &str) -> String {
    let hash = hashed("secret");
    config(&format!(
        "[limits]\ntopic_length = {topic_length}\n{more}\n\
         [[oper]]\nname = \"root\"\npassword = \"{hash}\"\nprivileges = [\"all\"]\n"
    ))
}

fn oper(daemon: &Daemon, nick: &str) -> Client {
    let mut client = Client::register(daemon.address(), nick, "");
    client.send("OPER root secret");
    let heard = client.sync();
    assert!(heard.iter().any(|line| line.contains(" 381 ")), "{heard:?}");
    assert!(heard.iter().any(|line| line.contains(&format!(" MODE {nick} :+o"))), "{heard:?}");
    client
}

fn has(lines: &[String], part: &str) -> bool {
    lines.iter().any(|line| line.contains(part))
}

#[test]
fn a_password_is_compared_with_its_hash_and_never_written_down() {
    let folder = Folder::new();
    // What operators do is written at every level.
    let daemon = Daemon::start(&folder, &with_operator(100, "[log]\nlevel = \"error\""));
    let mut alice = Client::register(daemon.address(), "alice", "");
    for wrong in ["OPER root guessed", "OPER nobody secret"] {
        alice.send(wrong);
        let heard = alice.sync();
        assert!(has(&heard, " 464 ") && !has(&heard, " 381 "), "{heard:?}");
    }
    oper(&daemon, "bob");
    alice.send("OPER root guessed");
    assert!(has(&alice.rest(), "Too many failed attempts"));
    let (status, log) = daemon.stop();
    assert!(status.success());
    assert_eq!(log.matches("parlad::audit").count(), 4, "{log}");
    assert!(!log.contains("guessed") && !log.contains("secret"), "{log}");
}

#[test]
fn a_good_file_is_put_in_place_and_a_bad_one_changes_nothing() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &with_operator(100, ""));
    let (mut alice, mut bob) = (oper(&daemon, "alice"), Client::register(daemon.address(), "bob", ""));

    folder.write("parlad.toml", with_operator(80, "[motd]\ntext = \"New\""));
    alice.send("REHASH");
    let heard = alice.sync();
    assert!(has(&heard, " 382 alice parlad.toml ") && has(&heard, "was read again"), "{heard:?}");
    assert!(has(&heard, "TOPICLEN=80"), "{heard:?}");
    bob.send("MOTD");
    let heard = bob.sync();
    assert!(has(&heard, "TOPICLEN=80") && has(&heard, ":- New"), "{heard:?}");

    folder.write("parlad.toml", with_operator(60, "nick_lenght = 9"));
    alice.send("REHASH");
    let heard = alice.sync();
    assert!(has(&heard, "nick_lenght") && has(&heard, "Nothing has changed"), "{heard:?}");
    assert!(!has(&heard, "TOPICLEN") && !has(&bob.sync(), "TOPICLEN"));
    alice.send("RESTART");
    let heard = alice.sync();
    assert!(has(&heard, "nick_lenght") && has(&heard, "would not start again"), "{heard:?}");

    // What needs a restart is named; everything else of the same file is in place.
    let elsewhere = with_operator(70, "").replace("data_dir = \"data\"", "data_dir = \"other\"");
    folder.write("parlad.toml", elsewhere);
    alice.send("REHASH");
    let heard = alice.sync();
    assert!(has(&heard, "server.data_dir: takes effect when") && has(&heard, "TOPICLEN=70"), "{heard:?}");

    // Another password holds from the next OPER on.
    let hash = hashed("other");
    let secret = with_operator(70, "");
    let start = secret.find("password = ").unwrap();
    let end = start + secret[start..].find('\n').unwrap();
    folder.write("parlad.toml", format!("{}password = \"{hash}\"{}", &secret[..start], &secret[end..]));
    alice.send("REHASH");
    alice.sync();
    bob.send("OPER root secret\r\nOPER root other");
    let heard = bob.sync();
    assert!(has(&heard, " 464 ") && has(&heard, " 381 "), "{heard:?}");
    assert!(daemon.stop().0.success());
}

#[test]
fn a_hangup_reads_the_configuration_too() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &with_operator(100, ""));
    let mut alice = Client::register(daemon.address(), "alice", "");
    folder.write("parlad.toml", "[server]\n");
    kill_process(daemon.pid(), Signal::HUP).unwrap();
    wait_for("the refusal", || daemon.log().contains("goes on with what it has").then_some(()));
    folder.write("parlad.toml", with_operator(90, ""));
    kill_process(daemon.pid(), Signal::HUP).unwrap();
    let heard = alice.until(|line| line.contains(" 005 "));
    assert!(has(&heard, "TOPICLEN=90"), "{heard:?}");
    assert!(daemon.stop().0.success());
}

#[test]
fn die_stops_in_order() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &with_operator(100, ""));
    let (mut alice, mut bob) = (oper(&daemon, "alice"), Client::register(daemon.address(), "bob", ""));
    bob.send("DIE");
    assert!(has(&bob.sync(), " 481 "));
    bob.send("PRIVMSG #room :the last word");
    bob.sync();
    alice.send("DIE");
    assert!(has(&alice.rest(), "Server is shutting down"));
    assert!(has(&bob.rest(), "Server is shutting down"));
    let (status, log) = daemon.ended();
    assert!(status.success(), "{log}");
}

#[test]
fn restart_starts_again_in_the_same_process() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &with_operator(100, ""));
    // The port is drawn anew each time; say which one it is to be.
    let port = daemon.address();
    let fixed = with_operator(90, "").replace("127.0.0.1:0", &port.to_string());
    folder.write("parlad.toml", fixed);
    let mut alice = oper(&daemon, "alice");
    alice.send("PRIVMSG #room :kept");
    alice.sync();
    alice.send("RESTART");
    assert!(has(&alice.rest(), "Server is shutting down"));
    let pid = daemon.pid();
    wait_for("the second start", || (daemon.log().matches("  listening on ").count() == 2).then_some(()));
    assert_eq!(daemon.pid(), pid);
    let mut again = oper(&daemon, "alice");
    again.send("CAP REQ :batch draft/chathistory\r\nCHATHISTORY LATEST #room * 10");
    assert!(has(&again.sync(), ":kept"));
    assert!(daemon.stop().0.success());
}
