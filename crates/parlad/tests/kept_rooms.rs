//! Rooms over restarts of the real server: a restart gives nobody a rank, and an empty room is forgotten for
//! good.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::path::Path;

use support::{Client, Daemon, Folder, config, wait_for};

/// A configuration with which empty rooms are forgotten after this long.
fn forgetting(after: &str) -> String {
    config("").replace("[channels]\n", &format!("[channels]\nforget_empty_after = \"{after}\"\n"))
}

/// Enters a room and returns its list of names.
fn join(client: &mut Client, room: &str) -> String {
    client.send(&format!("JOIN {room}"));
    client.until(|line| line.contains(" 353 ") || line.contains(" 47")).pop().unwrap()
}

fn list(client: &mut Client) -> Vec<String> {
    client.send("LIST");
    let lines = client.until(|line| line.contains(" 323 "));
    lines.into_iter().filter(|line| line.contains(" 322 ")).collect()
}

/// The number of rows that a query finds in the database.
fn count(path: &Path, from: &str) -> i64 {
    let connection = parla_history::open_reader(path).unwrap();
    connection.query_row(&format!("SELECT count(*) FROM {from}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn a_restart_gives_nobody_a_rank() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(""));
    let mut alice = Client::register(daemon.address(), "alice", "echo-message");
    assert!(join(&mut alice, "#board").ends_with(":@alice"));
    alice.send("PRIVMSG #board :the key is under the mat");
    alice.until(|line| line.contains(" PRIVMSG "));
    daemon.kill();

    for _ in 0..2 {
        let daemon = Daemon::start(&folder, &config(""));
        let mut mallory = Client::register(daemon.address(), "mallory", "");
        assert!(join(&mut mallory, "#board").ends_with(":mallory"));
        for room in ["#board", "#room"] {
            mallory.send(&format!("MODE {room} +ik secret"));
            mallory.until(|line| line.contains(" 482 "));
        }
        let mut alice = Client::register(daemon.address(), "alice", "");
        assert!(join(&mut alice, "#board").ends_with(":mallory alice"));
        assert!(daemon.stop().0.success());
    }
}

#[test]
fn an_empty_room_is_forgotten_with_everything_said_in_it() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &forgetting("1d"));
    let mut alice = Client::register(daemon.address(), "alice", "");
    join(&mut alice, "#board");
    alice
        .send("TOPIC #board :xylophones\r\nMODE #board +b mallory\r\nMETADATA #board SET url :https://x.org");
    for number in 0..200 {
        alice.send(&format!("PRIVMSG #board :xylophone {number}\r\nPRIVMSG #room :teapot {number}"));
    }
    alice.send("PART #board");
    alice.sync();
    let file = folder.database();
    assert_eq!(count(&file, "channels WHERE name = '#board' AND empty_since > 0"), 1);
    daemon.kill();

    // Time passes while the server is down.
    let daemon = Daemon::start(&folder, &forgetting("1s"));
    let mut bob = Client::register(daemon.address(), "bob", "");
    wait_for("the room to be forgotten", || (list(&mut bob).len() == 1).then_some(()));
    wait_for("its messages to be deleted", || {
        (count(&file, "messages WHERE text LIKE 'xylo%' OR text = ''") == 0).then_some(())
    });
    for table in
        ["channels", "message_places", "channel_masks", "channel_metadata", "conversations_forgotten"]
    {
        let rest = match table {
            "channels" => "channels WHERE name = '#board'".to_owned(),
            "message_places" => {
                "message_places WHERE conversation NOT IN (SELECT id FROM channels)".to_owned()
            }
            table => table.to_owned(),
        };
        wait_for(table, || (count(&file, &rest) == 0).then_some(()));
    }
    assert_eq!(count(&file, "messages WHERE text LIKE 'teapot%'"), 200);
    // The next user to come creates a new room with that name.
    assert!(join(&mut bob, "#board").ends_with(":@bob"));
    assert!(daemon.stop().0.success());
}
