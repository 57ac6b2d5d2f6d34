//! A full disk: the server says so and stops, shows nothing that is not stored, and continues when it can.
//!
//! The disk is full for this process only, because of a limit on the size of its files.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::{fs, process::Command, thread, time::Duration};

use rustix::process::{Resource, Rlimit, prlimit};
use support::{
    Client, Daemon, Folder,
    client::ReceivedMessage,
    config,
    daemon::{PROGRAM, ended},
    wait_for,
};

const CAPABILITIES: &str = "message-tags echo-message batch draft/chathistory";

/// How many writes to try before one must fail.
const MOST: u32 = 10_000;

/// Limits the further growth of the server's write-ahead log to this many bytes, or removes the limit.
fn limit(daemon: &Daemon, folder: &Folder, more: Option<u64>) {
    let log = folder.database().with_extension("db-wal");
    let current = more.map(|more| fs::metadata(&log).unwrap().len() + more);
    prlimit(Some(daemon.pid()), Resource::Fsize, Rlimit { current, maximum: None }).unwrap();
}

/// Writes until the server stops. Returns what was seen, and the last text that was written and not seen.
fn fill(daemon: &Daemon, client: &mut Client) -> (Vec<ReceivedMessage>, String) {
    let mut seen = Vec::new();
    for number in 0..MOST {
        let text = format!("{number} {}", "x".repeat(300));
        client.send(&format!("PRIVMSG #room :{text}"));
        loop {
            if let Some(line) = client.line_within(Duration::from_millis(500)) {
                let Some(heard) = ReceivedMessage::parse(&line) else { continue };
                seen.push(heard);
                break;
            }
            if daemon.log().contains("cannot write to the data directory") {
                return (seen, text);
            }
        }
    }
    unreachable!("the disk is never full");
}

fn history(daemon: &Daemon) -> Vec<ReceivedMessage> {
    let mut client = Client::register(daemon.address(), "reader", CAPABILITIES);
    client.send("CHATHISTORY LATEST #room * 1000");
    let lines = client.until(|line| line.contains(" BATCH -"));
    lines.iter().filter_map(|line| ReceivedMessage::parse(line)).collect()
}

#[test]
fn the_server_stands_still_and_goes_on() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(""));
    let mut alice = Client::register(daemon.address(), "alice", CAPABILITIES);
    let mut bob = Client::register(daemon.address(), "bob", CAPABILITIES);
    alice.sync();
    limit(&daemon, &folder, Some(100_000));
    let (mut seen, last) = fill(&daemon, &mut alice);
    assert!(seen.len() > 5, "it was full at once");
    // Nobody sees what is not stored, however long that takes.
    assert_eq!(alice.line_within(Duration::from_millis(1500)), None);

    limit(&daemon, &folder, None);
    let heard = |client: &mut Client| {
        let is_last = |line: &str| ReceivedMessage::parse(line).is_some_and(|heard| heard.text == last);
        let lines = client.until(is_last);
        lines.iter().filter_map(|line| ReceivedMessage::parse(line)).collect::<Vec<_>>()
    };
    seen.extend(heard(&mut alice));
    assert_eq!(heard(&mut bob), seen);
    // Read what the server logs besides what it sends.
    let again = || daemon.log().contains("the data directory can be written again").then_some(());
    wait_for("the word that there is room again", again);
    assert_eq!(history(&daemon), seen);
    daemon.kill();
    assert_eq!(history(&Daemon::start(&folder, &config(""))), seen);
}

#[test]
fn what_was_seen_is_there_when_the_server_is_killed_while_it_stands_still() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(""));
    let mut alice = Client::register(daemon.address(), "alice", CAPABILITIES);
    alice.sync();
    limit(&daemon, &folder, Some(100_000));
    let (seen, _) = fill(&daemon, &mut alice);
    daemon.kill();
    assert_eq!(history(&Daemon::start(&folder, &config(""))), seen);
}

/// People who are silent while the disk is full are not to blame for it, and cannot answer what does not
/// reach them.
#[test]
fn nobody_times_out_while_the_server_stands_still() {
    let folder = Folder::new();
    let timeouts = "ping_interval = \"1s\"\nping_timeout = \"1s\"";
    let daemon = Daemon::start(&folder, &config(timeouts));
    let mut alice = Client::register(daemon.address(), "alice", CAPABILITIES);
    let mut bob = Client::register(daemon.address(), "bob", CAPABILITIES);
    alice.sync();
    limit(&daemon, &folder, Some(10_000));
    let (_, last) = fill(&daemon, &mut alice);
    thread::sleep(Duration::from_secs(4));
    limit(&daemon, &folder, None);
    alice.until(|line| line.ends_with(&last));
    bob.until(|line| line.ends_with(&last));
    let lines = [alice.sync(), bob.sync()].concat();
    assert!(!lines.iter().any(|line| line.contains("Ping timeout")), "{lines:#?}");
}

/// The server can be stopped; it says that something was not stored.
#[test]
fn a_stop_while_the_server_stands_still() {
    stop_while_it_stands_still(0);
}

/// The same if more has accumulated than all queues can hold.
#[test]
fn a_stop_while_the_server_stands_still_and_many_write_on() {
    stop_while_it_stands_still(200);
}

fn stop_while_it_stands_still(writers: usize) {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(""));
    let mut alice = Client::register(daemon.address(), "alice", CAPABILITIES);
    alice.sync();
    limit(&daemon, &folder, Some(10_000));
    let (seen, _) = fill(&daemon, &mut alice);
    let lines = "PING x\r\n".repeat(500);
    let writers: Vec<Client> = (0..writers)
        .map(|_| {
            let mut client = Client::open(daemon.address());
            client.send_bytes(lines.as_bytes());
            client
        })
        .collect();
    thread::sleep(Duration::from_millis(500));
    let (status, log) = daemon.stop();
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains("the last messages could not be written to disk in time"), "{log}");
    drop(writers);
    assert_eq!(history(&Daemon::start(&folder, &config(""))), seen);
}

/// The disk is full when the server starts.
#[test]
fn a_full_disk_at_the_start() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(""));
    Client::register(daemon.address(), "alice", "").sync();
    assert!(daemon.stop().0.success());
    let config = folder.write("parlad.toml", config(""));
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" run --config \"$1\"";
    let ended = ended(Command::new("sh").args(["-c", script, PROGRAM]).arg(config), "");
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(ended.stderr.matches("parlad: ").count(), 1, "{ended:?}");
    assert!(ended.stderr.contains("parla.db"), "{ended:?}");
}
