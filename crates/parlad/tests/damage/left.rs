//! Data directories that servers left behind, and what people had seen of them.

use std::{
    fs,
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

use rusqlite::Connection;

use crate::support::{Client, Daemon, Folder, NAME, client::ReceivedMessage};

/// The capabilities with which a client can see what was said.
pub(crate) const CAPABILITIES: &str = "message-tags echo-message batch draft/chathistory";

/// Addresses are hidden, which is the default, so there is a key.
pub(crate) fn config() -> String {
    format!(
        "[server]\nname = \"{NAME}\"\ndata_dir = \"data\"\n[[listen]]\naddress = \"127.0.0.1:0\"\n\
         [channels]\nautojoin = []\n[connections]\nexempt_from_limits = [\"127.0.0.1/32\"]\n"
    )
}

/// A data directory, and the messages that people had seen.
pub(crate) struct Left {
    pub(crate) folder: Folder,
    pub(crate) seen: Vec<ReceivedMessage>,
}

/// Sends this many messages, and returns what was seen.
pub(crate) fn say(daemon: &Daemon, count: usize, text: &str) -> Vec<ReceivedMessage> {
    let mut alice = Client::register(daemon.address(), "alice", CAPABILITIES);
    // The user who creates the room is its operator.
    alice.send("JOIN #room\r\nMODE #room +b bad!*@*\r\nTOPIC #room :what is kept");
    alice.sync();
    // Each message is received before the next is sent, so each is a transaction.
    let hear = |number| {
        let text = format!("{number} {text}");
        alice.send(&format!("PRIVMSG #room :{text}"));
        let lines = alice.until(|line| ReceivedMessage::parse(line).is_some_and(|heard| heard.text == text));
        lines.last().and_then(|line| ReceivedMessage::parse(line)).unwrap()
    };
    (0..count).map(hear).collect()
}

/// A new server that was killed: nearly everything is in the log.
static YOUNG: LazyLock<Left> = LazyLock::new(|| {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config());
    let seen = say(&daemon, 12, "hello");
    wait_for_indexes(&folder);
    daemon.kill();
    Left { folder, seen }
});

/// The indexes are updated after the messages, in a transaction of their own. If the server were killed in
/// the middle of that, nothing would be missing without its frames.
fn wait_for_indexes(folder: &Folder) {
    let changed = || {
        let at =
            |name: &str| fs::metadata(folder.database().with_file_name(name)).unwrap().modified().unwrap();
        (at("parla.db-wal"), at("parla.state"))
    };
    let begin = Instant::now();
    let (mut last, mut quiet_since) = (changed(), Instant::now());
    while quiet_since.elapsed() < Duration::from_millis(700) || last.1 < last.0 {
        assert!(begin.elapsed() < Duration::from_secs(30), "the indexes never follow");
        thread::sleep(Duration::from_millis(20));
        let now = changed();
        if now != last {
            (last, quiet_since) = (now, Instant::now());
        }
    }
}

/// A server with a long history that was stopped: everything is in the single file, which has free pages.
static STOPPED: LazyLock<Left> = LazyLock::new(|| {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config());
    let seen = say(&daemon, 300, &"hello ".repeat(40));
    assert!(daemon.stop().0.success());
    let connection = Connection::open(folder.database()).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE filler(text); INSERT INTO filler VALUES(zeroblob(40000)); DROP TABLE filler",
        )
        .unwrap();
    drop(connection);
    Left { folder, seen }
});

/// Another server of the same kind.
pub(crate) static OTHER: LazyLock<Left> = LazyLock::new(|| {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config());
    let seen = say(&daemon, 5, "elsewhere");
    daemon.kill();
    Left { folder, seen }
});

/// The directory of the killed server.
pub(crate) fn young() -> &'static Left {
    &YOUNG
}

/// The directory of the stopped server.
pub(crate) fn stopped() -> &'static Left {
    &STOPPED
}

/// A copy to be damaged.
pub(crate) fn copy(from: &Folder) -> Folder {
    let folder = Folder::new();
    for file in fs::read_dir(from.path().join("data")).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        // This skips the socket that a killed server leaves behind.
        if name.starts_with("parla.") {
            folder.write(&format!("data/{name}"), fs::read(file.path()).unwrap());
        }
    }
    folder
}
