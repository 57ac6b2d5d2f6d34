//! The log: who comes and goes and from where, as text and as JSON, on standard error and in a file; and what
//! it does not contain.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
};

use rustix::process::{Signal, kill_process};
use support::{
    Client, Daemon, Folder, PATIENCE, WebClient, config, config_with_http, daemon::hashed, wait_for,
};

/// The lines about connections in the log, starting with their messages, without the connection's name.
fn connections(log: &str) -> Vec<String> {
    let lines = log.lines().filter_map(|line| line.split_once(" INFO parlad::connections: "));
    let lines = lines.map(|(_, line)| {
        let words = line.split(' ').filter(|word| !word.starts_with("connection="));
        words.collect::<Vec<_>>().join(" ")
    });
    lines.collect()
}

#[test]
fn who_came_and_why_they_went() {
    let folder = Folder::new();
    let password = format!("password = {:?}\n[[listen]]", hashed("sesame"));
    let daemon = Daemon::start(&folder, &config_with_http("").replacen("[[listen]]", &password, 1));
    let mut line = Client::open(daemon.address());
    line.send("PASS sesame");
    line.introduce("line", "");
    line.send("NICK lines\r\nPRIVMSG lines :confidential\r\nQUIT :confidential");
    line.rest();
    let mut web = WebClient::open(daemon.http(), "");
    web.send("PASS wrong-password");
    web.send("NICK web");
    web.send("USER web 0 * :a real name");
    web.rest();
    drop(Client::open(daemon.address()));
    wait_for("the last line", || daemon.log().contains("why=\"Connection closed\"").then_some(()));
    let (_, log) = daemon.stop();
    assert_eq!(
        connections(&log),
        [
            "connected address=127.0.0.1 by=\"lines\" tls=false",
            "joined the server address=127.0.0.1 who=\"line!line\" tls=false",
            "changed the nick address=127.0.0.1 from=\"line\" to=\"lines\"",
            "left the server address=127.0.0.1 who=\"lines!line\" why=\"Quit\"",
            "connected address=127.0.0.1 by=\"WebSocket\" tls=false",
            "refused: no good password for the server address=127.0.0.1",
            "left without joining the server address=127.0.0.1 why=\"Bad password\"",
            "connected address=127.0.0.1 by=\"lines\" tls=false",
            "left without joining the server address=127.0.0.1 why=\"Connection closed\"",
        ]
    );
    for secret in ["confidential", "sesame", "wrong-password", "a real name"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

/// A scanner that connects again and again and sends what this port does not speak.
#[test]
fn what_is_no_irc_is_closed_at_once_and_summed_up() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config_with_http(""));
    let knock = |address, bytes: &[u8]| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(bytes).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
    assert_eq!(knock(daemon.address(), hello), "");
    let request = b"POST / HTTP/1.1\r\nHost: x\r\n\r\nNICK x\r\nUSER x 0 * :x\r\n";
    let http = "ERROR :Closing link: 127.0.0.1 (This is IRC, not HTTP)\r\n";
    assert_eq!(knock(daemon.address(), request), http);
    for _ in 0..300 {
        assert_eq!(knock(daemon.http(), hello), "");
    }
    let (_, log) = daemon.stop();
    let lines = connections(&log);
    for line in [
        "left without joining the server address=127.0.0.1 why=\"This port does not speak TLS\"",
        "left without joining the server address=127.0.0.1 why=\"This is IRC, not HTTP\"",
        "closed a connection: TLS came, and this port does not speak it address=127.0.0.1",
        "closed a connection: TLS came, and this port does not speak it, more count=299 from=\"127.0.0.1\"",
    ] {
        assert_eq!(lines.iter().filter(|found| *found == line).count(), 1, "{line} in\n{log}");
    }
    assert_eq!(lines.len(), 6, "and two that connected: {log}");
}

#[test]
fn nothing_of_it_if_it_is_not_wanted() {
    let folder = Folder::new();
    for more in ["connections = false", "level = \"warn\""] {
        let daemon = Daemon::start(&folder, &config(&format!("[log]\n{more}")));
        Client::register(daemon.address(), "alice", "").sync();
        assert!(connections(&daemon.stop().1).is_empty(), "{more}");
    }
}

/// What `logrotate` does: it moves the file away and sends SIGHUP.
#[test]
fn a_file_that_is_moved_away() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config("[log]\nformat = \"json\"\ntarget = \"parlad.log\""));
    let (file, old) = (folder.path().join("parlad.log"), folder.path().join("parlad.log.1"));
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let _alice = Client::register(daemon.address(), "alice", "");
    wait_for("the first lines", || read(&file).contains("alice!alice").then_some(()));
    fs::rename(&file, &old).unwrap();
    kill_process(daemon.pid(), Signal::HUP).unwrap();
    wait_for("a new file", || read(&file).contains("The configuration was read again").then_some(()));
    let _bob = Client::register(daemon.address(), "bob", "");
    wait_for("the second lines", || read(&file).contains("bob!bob").then_some(()));
    let (status, stderr) = daemon.stop();
    assert!(status.success() && !stderr.contains("INFO"), "{stderr}");
    assert!(!read(&old).contains("bob!bob") && !read(&file).contains("alice!alice"));
    for line in [read(&old), read(&file)].concat().lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["timestamp"].is_string() && line["message"].is_string(), "{line}");
    }
    let lines = read(&file);
    let joined = lines.lines().find(|line| line.contains("bob!bob")).unwrap();
    let joined: serde_json::Value = serde_json::from_str(joined).unwrap();
    assert_eq!((&joined["message"], &joined["address"]), (&"joined the server".into(), &"127.0.0.1".into()));
}

#[test]
fn a_file_that_cannot_be_written() {
    let folder = Folder::new();
    let file = folder.write("parlad.toml", config("[log]\ntarget = \"no/such/folder/log\""));
    let ended = support::daemon::parlad(&["run", "--config", file.to_str().unwrap()], "");
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("log.target: cannot write to ") && ended.stderr.contains("No such file"));
}
