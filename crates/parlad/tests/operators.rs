//! Operators of the real server: passwords with real hashes, reading the configuration again, stopping and
//! restarting.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt as _};

use rustix::process::{Signal, kill_process};
use support::{
    Client, Daemon, Folder, config,
    daemon::{PROGRAM, hashed},
    wait_for,
};

/// A configuration with the operator `root`, whose password is `secret`, and a limit for topics.
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
    // What operators do is logged at every level.
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
    assert!(has(&heard, "nick_lenght: there is no such key; did you mean nick_length?"), "{heard:?}");
    assert!(has(&heard, "would not start again"), "{heard:?}");

    // Settings that need a restart are reported; everything else in the file takes effect.
    let elsewhere = with_operator(70, "").replace("data_dir = \"data\"", "data_dir = \"other\"");
    folder.write("parlad.toml", elsewhere);
    alice.send("REHASH");
    let heard = alice.sync();
    assert!(has(&heard, "server.data_dir: takes effect when") && has(&heard, "TOPICLEN=70"), "{heard:?}");

    // Another password applies from the next OPER on.
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
    // The port is chosen anew each time, so this sets it.
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

/// Once the process has become a program that cannot start, it is gone for good; so that program is asked
/// first.
#[test]
fn restart_asks_the_program_that_it_would_start() {
    let folder = Folder::new();
    let program = folder.path().join("parlad");
    let install = |bytes: &[u8], mode: u32| {
        let _ = fs::remove_file(&program);
        fs::write(&program, bytes).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(mode)).unwrap();
    };
    let built = fs::read(PROGRAM).unwrap();
    install(&built, 0o755);
    let daemon = Daemon::start_as(&program, &folder, &with_operator(100, ""));
    let mut alice = oper(&daemon, "alice");
    let mut is_refused = |part: &str| {
        alice.send("RESTART");
        let heard = alice.sync();
        assert!(has(&heard, part) && has(&heard, "would not start again, so it goes on"), "{heard:#?}");
    };
    fs::remove_file(&program).unwrap();
    is_refused("No such file or directory");
    install(&built, 0o644);
    is_refused("Permission denied");
    // A partly copied program, as an interrupted copy leaves it, and a program for another machine.
    install(&built[..4096], 0o755);
    is_refused("parlad");
    install(b"\x7fELF\x02\x01\x01\0 of another machine", 0o755);
    is_refused("Exec format error");
    install(b"#!/bin/sh\nexit 0\n", 0o755);
    is_refused("is not a parlad that can be started");
    let newer = "#!/bin/sh\n[ \"$1\" = --version ] && echo parlad 2.0 && exit\necho \"line 3: colour: is missing\" >&2\nexit 1\n";
    install(newer.as_bytes(), 0o755);
    is_refused("(parlad 2.0) says that it would not run:");
    is_refused("line 3: colour: is missing");

    // A port that is in use, and one that is not.
    install(&built, 0o755);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap();
    let with_port = with_operator(90, "").replace("127.0.0.1:0", &port.to_string());
    folder.write("parlad.toml", with_port);
    is_refused("another program uses this port");
    drop(taken);
    alice.send("RESTART");
    assert!(has(&alice.rest(), "Server is shutting down"));
    wait_for("the second start", || (daemon.log().matches("  listening on ").count() == 2).then_some(()));
    assert!(daemon.log().contains("stopping, to start parlad "));
    drop(Client::open(port));
    assert!(daemon.stop().0.success());
}

/// The server can be stopped while it asks the program that it would start.
#[test]
fn a_program_that_hangs_does_not_keep_the_server_from_stopping() {
    let folder = Folder::new();
    let program = folder.path().join("parlad");
    fs::copy(PROGRAM, &program).unwrap();
    let daemon = Daemon::start_as(&program, &folder, &with_operator(100, ""));
    let mut alice = oper(&daemon, "alice");
    fs::remove_file(&program).unwrap();
    let asked = folder.path().join("asked");
    fs::write(&program, format!("#!/bin/sh\necho > {}\nexec sleep 1000\n", asked.display())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    alice.send("RESTART");
    wait_for("the question", || asked.exists().then_some(()));
    assert!(daemon.stop().0.success());
}
