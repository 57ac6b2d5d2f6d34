//! A database of an older version is copied and upgraded, and loses nothing.
#![expect(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "support/older.rs"]
mod older;

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use parla_history::MigrationError;
use parla_server::{
    ChannelId, Conversation, Floor, MessageIds, Page, Query, QueryResult, Settings, Spoken, Verb,
};
use parla_store::{Database, DatabaseError, Durability, Reader};
use rusqlite::{Connection, config::DbConfig, types::Value};

/// A row, as values by column name.
type Row = BTreeMap<String, Value>;

fn rows(path: &Path, table: &str) -> Vec<Row> {
    let connection = Connection::open(path).unwrap();
    let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut found = Vec::new();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        found.push(names.iter().map(|name| (name.clone(), row.get(name.as_str()).unwrap())).collect());
    }
    found
}

fn open(data_dir: &Path) -> Database {
    Database::open(data_dir, Durability::Os).unwrap()
}

fn copy(data_dir: &Path) -> PathBuf {
    data_dir.join("parla.db.before-22")
}

/// The names of all files in a data directory.
fn names(data_dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(data_dir).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn said_in(data_dir: &Path, room: i64) -> Vec<Spoken> {
    let conversation = Conversation::Channel(ChannelId::from_number(room.unsigned_abs()));
    let floor = Floor::default();
    let query = Query::History { conversation, floor, page: Page::Latest(None), limit: 1000 };
    match Reader::new(data_dir).answer(&query).unwrap() {
        Some(QueryResult::History(found)) => found.iter().map(|spoken| Spoken::clone(spoken)).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn everything_is_there_and_the_file_of_before_is_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let references = older::make(folder.path(), 0).unwrap();
    let path = folder.path().join("parla.db");
    let tables = ["messages", "channels", "channel_masks", "channel_metadata", "secrets", "numbers_gone"];
    let before = tables.map(|table| rows(&path, table));
    open(folder.path()).close().unwrap();

    assert_eq!(names(folder.path()), ["parla.db", "parla.db.before-22", "parla.lock", "parla.state"]);
    assert_eq!(fs::metadata(copy(folder.path())).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(tables.map(|table| rows(&copy(folder.path()), table)), before);
    assert_eq!(older::faults(folder.path(), references), [""; 0]);
    assert_eq!(before[0].len() as u64, older::MESSAGES);

    // Existing values are unchanged; only messages that refer to another one have a new checksum.
    for (table, before) in tables.iter().zip(&before) {
        let after = rows(&path, table);
        assert_eq!(after.len(), before.len(), "{table}");
        for (after, before) in after.iter().zip(before) {
            let refers = after.get("refers_to").is_some_and(|value| *value != Value::Null);
            let same = |(name, value): (&String, &Value)| after[name] == *value || (refers && name == "sum");
            assert!(before.iter().all(same), "{table}: {before:?} became {after:?}");
        }
    }
    let kinds: Vec<_> =
        rows(&path, "conversations").iter().map(|row| (row["id"].clone(), row["kind"].clone())).collect();
    let rooms: Vec<_> =
        before[1].iter().map(|row| (row["id"].clone(), Value::from("room".to_owned()))).collect();
    assert_eq!(kinds, rooms);
    // What the older version did not have is there, and empty.
    for table in ["accounts", "account_certificates", "account_app_passwords"] {
        assert_eq!(rows(&path, table), [], "{table}");
    }
}

#[test]
fn rooms_and_messages_are_read_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    older::make(folder.path(), 0).unwrap();
    let database = open(folder.path());
    let rooms =
        database.tables().kept(&Settings::named("irc.example.org").network.name_rules()).unwrap().channels;
    let seen: Vec<_> =
        rooms.iter().map(|room| (room.name.as_str(), room.flags.letters(), room.key.as_deref())).collect();
    let flags = |letters: &str| letters.to_owned();
    assert_eq!(
        seen,
        [("#rust", flags("nt"), None), ("#tea", flags("nst"), Some("secret")), ("#new", flags("imnt"), None)]
    );
    assert_eq!((rooms[0].bans.len(), rooms[0].ban_exceptions.len(), rooms[0].limit), (2, 1, Some(40)));
    assert_eq!((rooms[0].metadata.len(), rooms[1].invite_exceptions.len()), (1, 1));
    assert!(rooms[2].empty_since.is_some() && rooms[0].topic.is_some());

    let ids = MessageIds::new(&database.message_key().unwrap());
    let rust = said_in(folder.path(), rooms[0].id.number().cast_signed());
    let by_text = |text: &str| rust.iter().find(|spoken| spoken.text.starts_with(text)).unwrap();
    assert_eq!(by_text("message 5:").refers_to, Some(by_text("message 4:").seq));
    assert_eq!(by_text("message 6:").refers_to, Some(by_text("first message").seq));
    assert_eq!(
        by_text("message 6:").tags,
        format!("+reply={};+example=\\:x", ids.encode(by_text("first").seq))
    );
    assert_eq!(by_text("message 7:").refers_to, None);
    assert_eq!(by_text("an answer to what is gone").refers_to, None);
    assert_eq!(
        (by_text("a notice").verb, by_text("answer\nof two").refers_to.is_some()),
        (Verb::Notice, true)
    );
    let long = by_text("one\n");
    assert_eq!((long.cuts.as_slice(), long.text.lines().count()), (&[324][..], 4));
    let tea = said_in(folder.path(), rooms[1].id.number().cast_signed());
    let referred: Vec<_> = tea.iter().map(|spoken| spoken.refers_to.is_some()).collect();
    assert_eq!(referred, [false, false, false, false, true, true]);
    assert_eq!(said_in(folder.path(), rooms[2].id.number().cast_signed()).len(), 2);
}

#[test]
fn a_second_start_does_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    older::make(folder.path(), 0).unwrap();
    open(folder.path()).close().unwrap();
    let path = folder.path().join("parla.db");
    let (written, inode) = (fs::read(&path).unwrap(), fs::metadata(copy(folder.path())).unwrap().ino());
    open(folder.path()).close().unwrap();
    assert_eq!(fs::metadata(copy(folder.path())).unwrap().ino(), inode);
    assert!(fs::read(&path).unwrap() == written);
}

#[test]
fn a_new_database_is_not_copied() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).close().unwrap();
    open(folder.path()).close().unwrap();
    assert_eq!(names(folder.path()), ["parla.db", "parla.lock", "parla.state"]);
}

/// The procedure is described in `docs/administration.md`.
#[test]
fn the_copy_can_be_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let references = older::make(folder.path(), 0).unwrap();
    open(folder.path()).close().unwrap();
    let kept = fs::read(copy(folder.path())).unwrap();
    for name in names(folder.path()) {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("parla.db"), &kept).unwrap();
    open(folder.path()).close().unwrap();
    assert_eq!(older::faults(folder.path(), references), [""; 0]);
}

#[test]
fn what_was_said_last_may_be_in_the_log_alone() {
    let folder = tempfile::tempdir().unwrap();
    let references = older::make(folder.path(), 0).unwrap();
    let path = folder.path().join("parla.db");
    let mut connection = Connection::open(&path).unwrap();
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
    let more = older::say(&mut connection, 50).unwrap();
    connection.close().unwrap();
    assert!(fs::metadata(folder.path().join("parla.db-wal")).unwrap().len() > 0);
    open(folder.path()).close().unwrap();
    assert_eq!(rows(&copy(folder.path()), "messages").len() as u64, older::MESSAGES + 50);
    assert_eq!(older::faults(folder.path(), references + more), [""; 0]);
}

#[test]
fn only_the_newest_copy_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    older::make(folder.path(), 0).unwrap();
    for old in ["parla.db.before-9", "parla.db.before-22.unfinished", "parla.db.damaged-2026-01-01T00-00-00"]
    {
        fs::write(folder.path().join(old), "old").unwrap();
    }
    open(folder.path()).close().unwrap();
    let expected = [
        "parla.db",
        "parla.db.before-22",
        "parla.db.damaged-2026-01-01T00-00-00",
        "parla.lock",
        "parla.state",
    ];
    assert_eq!(names(folder.path()), expected);
}

/// Every file of a data directory and its contents, without `parla.db-shm`, which SQLite recreates whenever
/// it opens a log.
fn files(data_dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let names = names(data_dir).into_iter().filter(|name| name != "parla.db-shm");
    names.map(|name| (name.clone(), fs::read(data_dir.join(name)).unwrap())).collect()
}

/// Gives the tables of a database a version that this program does not know.
fn make_newer(data_dir: &Path, component: &str) {
    let connection = Connection::open(data_dir.join("parla.db")).unwrap();
    let sql = "UPDATE schema_versions SET version = 99 WHERE component = ?1";
    assert_eq!(connection.execute(sql, [component]).unwrap(), 1);
    // A newer version may have dropped any table.
    connection.execute_batch("DROP TABLE numbers_gone").unwrap();
}

/// Checks this with and without accepting damage.
fn assert_refused_without_a_change(data_dir: &Path) {
    let before = files(data_dir);
    for open in [Database::open, Database::open_accepting_damage] {
        let error = open(data_dir, Durability::Os).unwrap_err();
        assert!(matches!(error, DatabaseError::Migration(MigrationError::Newer { .. })), "{error}");
        let after = files(data_dir);
        assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
        let changed: Vec<_> =
            before.iter().filter(|(name, bytes)| after.get(*name) != Some(*bytes)).collect();
        assert!(changed.is_empty(), "{:?}", changed.iter().map(|(name, _)| name).collect::<Vec<_>>());
    }
}

#[test]
fn a_file_of_a_newer_version_is_neither_copied_nor_changed() {
    for component in ["history", "parlad"] {
        let folder = tempfile::tempdir().unwrap();
        older::make(folder.path(), 0).unwrap();
        open(folder.path()).close().unwrap();
        fs::remove_file(copy(folder.path())).unwrap();
        make_newer(folder.path(), component);
        assert_eq!(names(folder.path()), ["parla.db", "parla.lock", "parla.state"]);
        assert_refused_without_a_change(folder.path());
    }
}

#[test]
fn what_a_newer_version_left_in_its_log_when_it_was_killed_stays_there() {
    let (running, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let database = open(running.path());
    make_newer(running.path(), "history");
    for (name, bytes) in files(running.path()) {
        fs::write(killed.path().join(name), bytes).unwrap();
    }
    database.close().unwrap();
    assert_eq!(names(killed.path()), ["parla.db", "parla.db-wal", "parla.lock", "parla.state"]);
    assert_refused_without_a_change(killed.path());
}

/// They do not fit into SQLite's memory at once. `examples/upgrade.rs` does the same with a million messages
/// and measures it.
#[test]
fn all_of_twenty_thousand_messages_are_right_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let references = older::make(folder.path(), 20_000).unwrap();
    open(folder.path()).close().unwrap();
    assert_eq!(older::faults(folder.path(), references), [""; 0]);
}

/// The damaged files are moved aside, which makes another copy unnecessary.
#[test]
fn a_damaged_older_database_is_saved_into_one_that_is_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let references = older::make(folder.path(), 2_000).unwrap();
    let path = folder.path().join("parla.db");
    let mut bytes = fs::read(&path).unwrap();
    let holds = |page: &[u8]| page[0] == 13 && page.windows(13).any(|text| text == b"message 1500:");
    let page = bytes.chunks_mut(4096).find(|page| holds(page)).unwrap();
    page[8..40].fill(0xff);
    fs::write(&path, bytes).unwrap();

    let error = Database::open(folder.path(), Durability::Os).unwrap_err();
    assert!(matches!(error, DatabaseError::Doubtful { .. }), "{error}");
    assert_eq!(names(folder.path()), ["parla.db", "parla.lock"], "nothing is copied, nothing is changed");
    Database::open_accepting_damage(folder.path(), Durability::Os).unwrap().close().unwrap();
    assert!(names(folder.path()).iter().all(|name| !name.contains("before")), "{:?}", names(folder.path()));
    let saved = rows(&path, "messages");
    assert!(saved.len() > 1_900 && (saved.len() as u64) < older::MESSAGES + 2_000, "{}", saved.len());
    let refer = saved.iter().filter(|row| row["refers_to"] != Value::Null).count() as u64;
    assert!(refer > 180 && refer < references, "{refer} of {references}");
    assert_eq!(older::faults(folder.path(), refer), [""; 0]);
    assert_eq!(rows(&path, "conversations").len(), 3);
}
