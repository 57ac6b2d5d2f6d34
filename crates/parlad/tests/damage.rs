//! The files of the database are damaged in many ways. Either nothing is lost, or the server says what it found, changes nothing,
//! and goes on only when it is told to, with what was there before put aside.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at what it did not expect")]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    panic::catch_unwind,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

use rusqlite::Connection;
use support::{
    Client, Daemon, Folder, NAME,
    client::Heard,
    daemon::{PROGRAM, ended},
};

const CAPABILITIES: &str = "message-tags echo-message batch draft/chathistory";
const PAGE: usize = 4096;
const FRAME: usize = 24 + PAGE;
const LOG_HEADER: usize = 32;

/// Addresses are hidden, as they are by default, so there is a key.
fn config() -> String {
    format!(
        "[server]\nname = \"{NAME}\"\ndata_dir = \"data\"\n[[listen]]\naddress = \"127.0.0.1:0\"\n\
         [channels]\nautojoin = []\n[connections]\nexempt_from_limits = [\"127.0.0.1/32\"]\n"
    )
}

/// A data directory, and what people saw of it.
struct Left {
    folder: Folder,
    seen: Vec<Heard>,
}

/// Says so many things, and gives what was seen.
fn say(daemon: &Daemon, count: usize, text: &str) -> Vec<Heard> {
    let mut alice = Client::register(daemon.address(), "alice", CAPABILITIES);
    // Whoever makes the room is its operator.
    alice.send("JOIN #room\r\nMODE #room +b bad!*@*\r\nTOPIC #room :what is kept");
    alice.sync();
    // Each is heard before the next one, so each is a transaction.
    let hear = |number| {
        let text = format!("{number} {text}");
        alice.send(&format!("PRIVMSG #room :{text}"));
        let lines = alice.until(|line| Heard::parse(line).is_some_and(|heard| heard.text == text));
        lines.last().and_then(|line| Heard::parse(line)).unwrap()
    };
    (0..count).map(hear).collect()
}

/// A server that was new and was killed: nearly everything is in the log.
static YOUNG: LazyLock<Left> = LazyLock::new(|| {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config());
    let seen = say(&daemon, 12, "hello");
    wait_for_indexes(&folder);
    daemon.kill();
    Left { folder, seen }
});

/// The indexes follow behind the messages, in a transaction of their own. If the server were killed in the middle of that one,
/// nothing would be missing without its frames.
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

/// A server with a long history that was stopped: everything is in the one file. It has pages that are free.
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
static OTHER: LazyLock<Left> = LazyLock::new(|| {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config());
    let seen = say(&daemon, 5, "elsewhere");
    daemon.kill();
    Left { folder, seen }
});

/// The files of a data directory, to be damaged.
struct Files {
    data: PathBuf,
    pages: Pages,
}

/// Pages of the database, from 1 on.
#[derive(Clone, Debug, Default)]
struct Pages {
    roots: BTreeMap<String, usize>,
    free: usize,
}

impl Files {
    fn path(&self, name: &str) -> PathBuf {
        self.data.join(name)
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = fs::read(self.path(name)).unwrap();
        change(&mut bytes);
        fs::write(self.path(name), bytes).unwrap();
    }

    fn log(&self, change: impl FnOnce(&mut Vec<u8>)) {
        self.change("parla.db-wal", change);
    }

    fn database(&self, change: impl FnOnce(&mut Vec<u8>)) {
        self.change("parla.db", change);
    }

    fn delete(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    /// Random bytes in the place of a page.
    fn scramble(&self, page: usize) {
        let mut random = fastrand::Rng::with_seed(7);
        self.database(|bytes| bytes[(page - 1) * PAGE..page * PAGE].fill_with(|| random.u8(..)));
    }

    fn root(&self, table: &str) -> usize {
        self.pages.roots[table]
    }

    /// Two leaves of a table whose root is no leaf.
    fn leaves(&self, table: &str) -> [usize; 2] {
        let bytes = fs::read(self.path("parla.db")).unwrap();
        let page = &bytes[(self.root(table) - 1) * PAGE..][..PAGE];
        assert!(matches!(page[0], 2 | 5), "{table} has one page only");
        let number = |place: usize| u32::from_be_bytes(page[place..place + 4].try_into().unwrap()) as usize;
        let first_cell = usize::from(u16::from_be_bytes(page[12..14].try_into().unwrap()));
        [number(first_cell), number(8)]
    }

    fn sql(&self, sql: &str) {
        Connection::open(self.path("parla.db")).unwrap().execute_batch(sql).unwrap();
    }
}

fn flip(bytes: &mut [u8], place: usize) {
    bytes[place..place + 3].iter_mut().for_each(|byte| *byte ^= 0xa5);
}

fn pages(database: &Path) -> Pages {
    let bytes = fs::read(database).unwrap();
    let free = u32::from_be_bytes(bytes[32..36].try_into().unwrap()) as usize;
    // Read only, and not beside its log: the file itself must stay as it is.
    let uri = format!("file:{}?immutable=1", database.display());
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(uri, flags).unwrap();
    let mut statement =
        connection.prepare("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0").unwrap();
    let roots = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as usize))).unwrap();
    Pages { roots: roots.map(Result::unwrap).collect(), free }
}

/// Every file and what is in it, but for those that hold nothing.
fn content(data: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(data).unwrap().map(|file| file.unwrap().path());
    let named = files.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path));
    let is_kept = |name: &str| name.starts_with("parla.") && name != "parla.lock" && !name.contains("-shm");
    let kept = named.filter(|(name, _)| is_kept(name));
    kept.map(|(name, path)| (name, fs::read(path).unwrap())).collect()
}

fn copy(from: &Folder) -> Folder {
    let folder = Folder::new();
    for file in fs::read_dir(from.path().join("data")).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        // Not the socket that a server leaves that was killed.
        if name.starts_with("parla.") {
            folder.write(&format!("data/{name}"), fs::read(file.path()).unwrap());
        }
    }
    folder
}

/// What must come of damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Nothing is lost, and the server starts.
    Whole,
    /// The server says what is wrong.
    Refused,
}

type Case = (&'static str, fn() -> &'static Left, Outcome, fn(&Files));

fn young() -> &'static Left {
    &YOUNG
}

fn stopped() -> &'static Left {
    &STOPPED
}

use Outcome::{Refused, Whole};

const CASES: &[Case] = &[
    ("nothing, after a kill", young, Whole, |_| {}),
    ("nothing, after a stop", stopped, Whole, |_| {}),
    // The log.
    ("the log is deleted", young, Refused, |files| files.delete("parla.db-wal")),
    ("the log is emptied", young, Refused, |files| files.log(Vec::clear)),
    ("the log is cut in its header", young, Refused, |files| files.log(|log| log.truncate(16))),
    ("the log is cut behind its header", young, Refused, |files| files.log(|log| log.truncate(LOG_HEADER))),
    ("the log is cut in its first frame", young, Refused, |files| {
        files.log(|log| log.truncate(LOG_HEADER + 100));
    }),
    ("the log is cut between two frames", young, Refused, |files| {
        files.log(|log| log.truncate(LOG_HEADER + 8 * FRAME));
    }),
    ("the log is cut in half", young, Refused, |files| files.log(|log| log.truncate(log.len() / 2))),
    ("the log lacks its last frame", young, Refused, |files| {
        files.log(|log| log.truncate(log.len() - FRAME));
    }),
    ("the log lacks its last byte", young, Refused, |files| files.log(|log| log.truncate(log.len() - 1))),
    ("three bytes in the magic of the log", young, Refused, |files| files.log(|log| flip(log, 0))),
    ("three bytes in the salt of the log", young, Refused, |files| files.log(|log| flip(log, 17))),
    ("three bytes in the head of the first frame", young, Refused, |files| {
        files.log(|log| flip(log, LOG_HEADER + 1));
    }),
    ("three bytes in the first page of the log", young, Refused, |files| {
        files.log(|log| flip(log, LOG_HEADER + 2000));
    }),
    ("three bytes in the head of a frame", young, Refused, |files| {
        files.log(|log| flip(log, LOG_HEADER + 6 * FRAME + 9));
    }),
    ("three bytes in a page in the middle", young, Refused, |files| {
        files.log(|log| flip(log, LOG_HEADER + 6 * FRAME + 1000));
    }),
    ("three bytes in the head of the last frame", young, Refused, |files| {
        files.log(|log| {
            let place = log.len() - FRAME + 9;
            flip(log, place);
        });
    }),
    ("three bytes in the last page of the log", young, Refused, |files| {
        files.log(|log| {
            let place = log.len() - 1000;
            flip(log, place);
        });
    }),
    ("two frames change places", young, Refused, |files| {
        files.log(|log| {
            let (one, other) = log[LOG_HEADER + 4 * FRAME..][..2 * FRAME].split_at_mut(FRAME);
            one.swap_with_slice(other);
        });
    }),
    ("random bytes all over the log", young, Refused, |files| {
        let mut random = fastrand::Rng::with_seed(7);
        files.log(|log| log.fill_with(|| random.u8(..)));
    }),
    ("the log of another database", young, Refused, |files| {
        fs::copy(OTHER.folder.database().with_extension("db-wal"), files.path("parla.db-wal")).unwrap();
    }),
    ("the log of another database beside one that was stopped", stopped, Refused, |files| {
        fs::copy(OTHER.folder.database().with_extension("db-wal"), files.path("parla.db-wal")).unwrap();
    }),
    ("a transaction that was not finished", young, Whole, |files| {
        files.log(|log| {
            let mut frame = log[log.len() - FRAME..].to_vec();
            frame[4..8].fill(0);
            log.extend(frame);
        });
    }),
    ("an end that was not written whole", young, Whole, |files| {
        files.log(|log| log.extend_from_within(LOG_HEADER..LOG_HEADER + 1000));
    }),
    ("the shared memory is deleted", young, Whole, |files| files.delete("parla.db-shm")),
    ("random bytes in the shared memory", young, Whole, |files| {
        let mut random = fastrand::Rng::with_seed(7);
        files.change("parla.db-shm", |bytes| bytes.fill_with(|| random.u8(..)));
    }),
    ("the log and the shared memory are deleted", young, Refused, |files| {
        files.delete("parla.db-wal");
        files.delete("parla.db-shm");
    }),
    ("another program has brought the log into the database", young, Whole, |files| {
        files.sql("SELECT count(*) FROM sqlite_schema");
        assert!(!files.path("parla.db-wal").exists());
    }),
    // The database.
    ("the database of a killed server is emptied", young, Refused, |files| files.database(Vec::clear)),
    ("the database of a killed server is deleted", young, Refused, |files| files.delete("parla.db")),
    ("everything of the database is deleted", young, Refused, |files| {
        files.delete("parla.db");
        files.delete("parla.db-wal");
        files.delete("parla.db-shm");
    }),
    ("the database of another server", young, Refused, |files| {
        fs::copy(OTHER.folder.database(), files.path("parla.db")).unwrap();
    }),
    ("the database is emptied", stopped, Refused, |files| files.database(Vec::clear)),
    ("the database is deleted", stopped, Refused, |files| files.delete("parla.db")),
    ("the database lacks its last page", stopped, Refused, |files| {
        files.database(|bytes| bytes.truncate(bytes.len() - PAGE));
    }),
    ("the database is cut in half", stopped, Refused, |files| {
        files.database(|bytes| bytes.truncate(bytes.len() / 2 + 100));
    }),
    ("the database is cut to one page", stopped, Refused, |files| {
        files.database(|bytes| bytes.truncate(PAGE));
    }),
    ("three bytes in the header of the database", stopped, Refused, |files| {
        files.database(|bytes| flip(bytes, 3));
    }),
    ("three bytes in the size of its pages", stopped, Refused, |files| {
        files.database(|bytes| flip(bytes, 16));
    }),
    ("random bytes in the list of tables", stopped, Refused, |files| files.scramble(1)),
    ("random bytes in the root of the messages", stopped, Refused, |files| {
        files.scramble(files.root("messages"));
    }),
    ("random bytes in a leaf of the messages", stopped, Refused, |files| {
        files.scramble(files.leaves("messages")[0]);
    }),
    ("random bytes in the last leaf of the messages", stopped, Refused, |files| {
        files.scramble(files.leaves("messages")[1]);
    }),
    ("two leaves of the messages change places", stopped, Refused, |files| {
        let [one, other] = files.leaves("messages");
        files.database(|bytes| {
            for byte in 0..PAGE {
                bytes.swap((one - 1) * PAGE + byte, (other - 1) * PAGE + byte);
            }
        });
    }),
    ("three bytes in a text", stopped, Refused, |files| {
        let leaf = files.leaves("messages")[0];
        files.database(|bytes| flip(bytes, leaf * PAGE - 100));
    }),
    ("three letters in a text become others", stopped, Refused, |files| {
        let leaf = files.leaves("messages")[0];
        files.database(|bytes| {
            bytes[leaf * PAGE - 103..leaf * PAGE - 100].iter_mut().for_each(|byte| *byte ^= 1);
        });
    }),
    ("zeros in a leaf of the messages", stopped, Refused, |files| {
        let leaf = files.leaves("messages")[0];
        files.database(|bytes| bytes[(leaf - 1) * PAGE..leaf * PAGE].fill(0));
    }),
    ("random bytes in the index of rooms", stopped, Refused, |files| {
        files.scramble(files.root("message_places"));
    }),
    ("random bytes in the index of words", stopped, Refused, |files| {
        files.scramble(files.root("messages_search_data"));
    }),
    ("random bytes in the rooms", stopped, Refused, |files| files.scramble(files.root("channels"))),
    ("random bytes in the bans", stopped, Refused, |files| files.scramble(files.root("channel_masks"))),
    ("random bytes in the key", stopped, Refused, |files| files.scramble(files.root("secrets"))),
    ("random bytes in the list of free pages", stopped, Refused, |files| files.scramble(files.pages.free)),
    ("random bytes in a free page", stopped, Whole, |files| {
        let bytes = fs::read(files.path("parla.db")).unwrap();
        let trunk = &bytes[(files.pages.free - 1) * PAGE..];
        files.scramble(u32::from_be_bytes(trunk[8..12].try_into().unwrap()) as usize);
    }),
    ("a table is gone", stopped, Refused, |files| files.sql("DROP TABLE channel_masks")),
    ("the versions are gone", stopped, Refused, |files| files.sql("DROP TABLE schema_versions")),
    ("the key is gone", stopped, Refused, |files| files.sql("DELETE FROM secrets")),
    ("the key is another one", stopped, Refused, |files| {
        files.sql("UPDATE secrets SET value = randomblob(32) WHERE name = 'cloak'");
    }),
    ("the newest messages are gone", stopped, Refused, |files| {
        files.sql("DELETE FROM messages WHERE id > (SELECT max(id) - 9 FROM messages)");
    }),
    // What says up to where it was kept.
    ("what was known of the directory is gone", stopped, Whole, |files| files.delete("parla.state")),
    ("what was known of the directory is damaged", young, Whole, |files| {
        files.change("parla.state", |bytes| flip(bytes, 200));
    }),
    ("that and the log are damaged", young, Refused, |files| {
        files.change("parla.state", |bytes| flip(bytes, 200));
        files.log(|log| flip(log, LOG_HEADER + 6 * FRAME + 1000));
    }),
];

#[test]
fn no_damage_is_silent_and_nothing_is_overwritten() {
    assert!(CASES.len() >= 30);
    let wrong: Vec<_> = thread::scope(|scope| {
        let parts = CASES.chunks(CASES.len().div_ceil(4));
        let threads: Vec<_> = parts.map(|part| scope.spawn(move || wrong_of(part))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Those that came out otherwise than they should; what was wrong with each is above in the output.
fn wrong_of(cases: &'static [Case]) -> Vec<&'static str> {
    let is_wrong = |case: &&Case| catch_unwind(|| check(case)).is_err();
    cases.iter().filter(is_wrong).map(|case| case.0).collect()
}

fn check((name, left, expected, damage): &Case) {
    let left = left();
    let folder = copy(&left.folder);
    let data = folder.path().join("data");
    damage(&Files { pages: pages(&folder.database()), data: data.clone() });
    let before = content(&data);
    let path = folder.write("parlad.toml", config());
    if *expected == Whole {
        let daemon = Daemon::start(&folder, &config());
        assert_eq!(history(&daemon), left.seen, "{name}");
        assert_eq!(room(&daemon), ("what is kept".to_owned(), "bad!*@*".to_owned()), "{name}");
        return;
    }
    let ended = ended(Command::new(PROGRAM).arg("run").arg("--config").arg(&path), "");
    assert_eq!(ended.code, Some(1), "{name}: {ended:?}");
    for words in ["is not as it was left", "Nothing in it was changed", "--accept-damage", "parla.state"] {
        assert!(ended.stderr.contains(words), "{name}: {words}: {}", ended.stderr);
    }
    assert!(content(&data) == before, "{name}: something was changed");

    // It goes on when it is told to, and everything is still there under other names.
    let daemon = Daemon::start_with(&folder, &config(), &["--accept-damage"]);
    assert!(daemon.log().contains("the damage was accepted"), "{name}: {}", daemon.log());
    let after = content(&data);
    for (file, bytes) in &before {
        let is_aside = |other: &String| other.contains(".damaged-");
        assert!(
            after.iter().any(|(other, found)| is_aside(other) && found == bytes),
            "{name}: {file} is not among {:?}",
            after.keys()
        );
    }
    let saved = history(&daemon);
    // Ids are others when their key is lost.
    let words = |heard: &Heard| (heard.sender.clone(), heard.text.clone());
    let seen: BTreeSet<_> = left.seen.iter().map(words).collect();
    let was_said = |heard: &Heard| seen.contains(&words(heard)) || heard.text.contains("elsewhere");
    assert!(saved.iter().all(was_said), "{name}");
    // One damaged page costs what was in it, and an index costs nothing.
    let least = match *name {
        name if name.contains("leaf") || name.contains("text") => 280,
        name if name.contains("index") || name.contains("leaves") || name.contains("key") => 300,
        _ => 0,
    };
    assert!(saved.len() >= least, "{name}: {} messages were saved", saved.len());
    let said = say(&daemon, 3, "again");
    assert!(daemon.stop().0.success(), "{name}");
    let daemon = Daemon::start(&folder, &config());
    assert_eq!(history(&daemon), [saved, said].concat(), "{name}");
}

fn history(daemon: &Daemon) -> Vec<Heard> {
    let mut client = Client::register(daemon.address(), "reader", CAPABILITIES);
    client.send("JOIN #room\r\nCHATHISTORY LATEST #room * 1000");
    let lines = client.until(|line| line.contains(" BATCH -"));
    lines.iter().filter_map(|line| Heard::parse(line)).collect()
}

/// The topic and the first ban.
fn room(daemon: &Daemon) -> (String, String) {
    let mut client = Client::register(daemon.address(), "looker", "");
    client.send("JOIN #room\r\nTOPIC #room\r\nMODE #room b");
    let lines = client.until(|line| line.contains(" 368 "));
    let find = |numeric: &str| lines.iter().find(|line| line.contains(numeric)).cloned().unwrap_or_default();
    let topic = find(" 332 ").rsplit(" :").next().unwrap_or_default().to_owned();
    (topic, find(" 367 ").split(' ').nth(4).unwrap_or_default().to_owned())
}

/// Three random bytes at random places of the database. `FLIPS=200 cargo test -p parlad --test damage` for the long run.
#[test]
fn three_bytes_anywhere_are_noticed_or_do_no_harm() {
    let flips: u64 = std::env::var("FLIPS").map_or(20, |text| text.parse().unwrap());
    let left = stopped();
    for seed in 0..flips {
        let folder = copy(&left.folder);
        let mut random = fastrand::Rng::with_seed(seed);
        let mut bytes = fs::read(folder.database()).unwrap();
        let place = random.usize(..bytes.len() - 3);
        bytes[place..place + 3].fill_with(|| random.u8(..));
        fs::write(folder.database(), bytes).unwrap();
        let before = content(&folder.path().join("data"));
        match Daemon::try_start(&folder, &config()) {
            Err(ended) => {
                assert_eq!(ended.code, Some(1), "{seed}: {ended:?}");
                assert!(ended.stderr.contains("is not as it was left"), "{seed} at {place}: {ended:?}");
                assert!(
                    content(&folder.path().join("data")) == before,
                    "{seed} at {place}: something was changed"
                );
            }
            Ok(daemon) => assert_eq!(history(&daemon), left.seen, "{seed} at {place}"),
        }
    }
}
