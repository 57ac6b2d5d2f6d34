//! Copies what can still be read of a damaged database into a new one. The damaged files are never written
//! to; they are renamed and stay where they are.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use parla_history::Durability;
use parla_proto::Timestamp;
use rusqlite::{
    Connection, Statement, ToSql,
    config::DbConfig,
    types::{Value, ValueRef},
};

use crate::{
    DatabaseError, accounts, channels, conversations, database, inspect, messages, personal, schema, state,
};

/// The database with the files that SQLite creates for it and those that record something about it.
const FILES: [&str; 6] =
    ["parla.db", "parla.db-wal", "parla.db-shm", "parla.db-journal", "parla.state", "parla.damage"];

/// Tables that are derived from others: the versions, and both indexes of the history.
const DERIVED: [&str; 4] = ["schema_versions", "message_places", "messages_indexed", "messages_search"];

/// What was rescued, and where the original is.
#[derive(Debug)]
pub(crate) struct Saved {
    pub(crate) messages: u64,
    pub(crate) channels: u64,
    pub(crate) accounts: u64,
    /// The damaged database, if there was one.
    pub(crate) aside: PathBuf,
}

/// Whether to use the log; one that belongs to another database would only cause more damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WithLog {
    Yes,
    No,
}

/// Creates a new database from what can be read of the old one, and moves the old one aside.
pub(crate) fn salvage(data_dir: &Path, log: WithLog) -> Result<Saved, DatabaseError> {
    let (copy, new) = (data_dir.join("parla.db.copy"), data_dir.join("parla.db.new"));
    let failed = |reason| DatabaseError::Directory { path: data_dir.to_owned(), reason };
    for path in [&copy, &new] {
        delete(path).map_err(failed)?;
    }
    let mut counts = BTreeMap::new();
    let old = database::path(data_dir);
    if old.exists() {
        fs::copy(&old, &copy).map_err(failed)?;
        let old_log = inspect::log_path(data_dir);
        if log == WithLog::Yes && old_log.exists() {
            fs::copy(&old_log, beside(&copy, "-wal")).map_err(failed)?;
        }
    }
    let mut connection = parla_history::open(&new, Durability::Fsync)?;
    schema::make_tables(&mut connection)?;
    if let Some(old) = open_copy(&copy) {
        counts = take_over(&old, &mut connection)?;
    }
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    connection.close().map_err(|(_, error)| error)?;
    delete(&copy).map_err(failed)?;
    let aside = put_aside(data_dir).map_err(failed)?;
    fs::rename(&new, &old).map_err(failed)?;
    File::open(data_dir).and_then(|dir| dir.sync_all()).map_err(failed)?;
    let count = |table: &str| counts.get(table).copied().unwrap_or_default();
    Ok(Saved { messages: count("messages"), channels: count("channels"), accounts: count("accounts"), aside })
}

/// Renames every file of the database to a name with the time in it. Returns the new name of the database.
fn put_aside(data_dir: &Path) -> io::Result<PathBuf> {
    let (name, ending) = free_name(data_dir);
    for file in FILES {
        let target = match file.strip_prefix("parla.db") {
            // The log's name must still match that of the database.
            Some(rest) => format!("parla.db{ending}{rest}"),
            None => format!("{file}{ending}"),
        };
        match fs::rename(data_dir.join(file), data_dir.join(target)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(name)
}

/// Copies the log aside before SQLite truncates it.
pub(crate) fn copy_log_aside(data_dir: &Path) -> io::Result<Option<PathBuf>> {
    let log = inspect::log_path(data_dir);
    if !log.exists() {
        return Ok(None);
    }
    let (name, _) = free_name(data_dir);
    let target = beside(&name, "-wal");
    fs::copy(log, &target)?;
    Ok(Some(target))
}

/// An unused name for a damaged database, and the suffix in it.
fn free_name(data_dir: &Path) -> (PathBuf, String) {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX);
    let now = Timestamp::from_millis(now).to_string();
    let day: String = now.chars().take(19).map(|char| if char == ':' { '-' } else { char }).collect();
    let endings = std::iter::once(String::new()).chain((2..).map(|number| format!("-{number}")));
    let mut names = endings.map(|number| {
        let ending = format!(".damaged-{day}{number}");
        (data_dir.join(format!("parla.db{ending}")), ending)
    });
    let is_free = |(name, _): &(PathBuf, String)| !name.exists() && !beside(name, "-wal").exists();
    names.find(is_free).unwrap_or_default()
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn delete(path: &Path) -> io::Result<()> {
    for ending in ["", "-wal", "-shm", "-journal"] {
        match fs::remove_file(beside(path, ending)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Opens the copy, if it is still a database.
fn open_copy(path: &Path) -> Option<Connection> {
    if fs::metadata(path).map_or(0, |file| file.len()) == 0 {
        return None;
    }
    let opened = parla_history::open(path, Durability::Os);
    let set = opened.map_err(DatabaseError::from).and_then(|connection| {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        Ok(connection)
    });
    set.inspect_err(|error| tracing::warn!(%error, "nothing of parla.db can be read")).ok()
}

/// Copies every readable row, table by table. Returns how many of each there were.
fn take_over(old: &Connection, new: &mut Connection) -> Result<BTreeMap<String, u64>, DatabaseError> {
    new.pragma_update(None, "foreign_keys", false)?;
    let transaction = new.transaction()?;
    let mut counts = BTreeMap::new();
    for table in tables(&transaction)? {
        let wanted = columns(&transaction, &table)?;
        let found = columns(old, &table).unwrap_or_default();
        let shared: Vec<&(String, bool)> = wanted.iter().filter(|column| found.contains(column)).collect();
        if shared.is_empty() {
            tracing::warn!(table, "a table cannot be read");
            continue;
        }
        let quoted: Vec<String> = shared.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let keys: Vec<String> =
            shared.iter().filter(|(_, is_key)| *is_key).map(|(name, _)| format!("\"{name}\"")).collect();
        let places = vec!["?"; shared.len()].join(", ");
        let list = quoted.join(", ");
        // A table may have an initial row, which the old one replaces.
        let insert = format!("INSERT OR REPLACE INTO \"{table}\" ({list}) VALUES ({places})");
        let mut insert = transaction.prepare(&insert)?;
        let mut count = 0;
        // Read from both ends: where one direction stops at a damaged page, the other comes from behind it.
        for direction in ["ASC", "DESC"] {
            let order = keys.iter().map(|key| format!("{key} {direction}")).collect::<Vec<_>>().join(", ");
            let select = format!("SELECT {list} FROM \"{table}\" ORDER BY {order}");
            let (copied, error) = copy_rows(old, &select, &mut insert, texts_of(&table));
            count += copied;
            match error {
                None => break,
                Some(error) => tracing::warn!(table, %error, "some rows of a table cannot be read"),
            }
        }
        counts.insert(table, count);
    }
    channels::rewrite_masks(&transaction)?;
    accounts::delete_proofs_of_nobody(&transaction)?;
    personal::delete_of_nobody(&transaction)?;
    let unsound = parla_history::delete_unsound(&transaction)? as u64;
    if let Some(messages) = counts.get_mut("messages") {
        *messages = messages.saturating_sub(unsound);
    }
    // The old file may be of an older version, without data that has since been derived from its rows.
    conversations::rewrite_rooms(&transaction)?;
    messages::fill_references(&transaction)?;
    transaction.commit()?;
    Ok(counts)
}

/// What becomes of a row with an invalid text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InvalidTexts {
    /// It is skipped.
    Skipped,
    /// It is copied with replacement characters in the text.
    Replaced,
}

/// Accounts are copied even with invalid texts: if one were missing, its name would be free for anybody.
fn texts_of(table: &str) -> InvalidTexts {
    if table == "accounts" { InvalidTexts::Replaced } else { InvalidTexts::Skipped }
}

/// Copies rows up to the first unreadable one.
fn copy_rows(
    old: &Connection,
    select: &str,
    insert: &mut Statement<'_>,
    texts: InvalidTexts,
) -> (u64, Option<rusqlite::Error>) {
    let mut count = 0;
    let mut copy = || {
        let mut statement = old.prepare(select)?;
        let width = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let values: Option<Vec<Value>> =
                (0..width).map(|place| value(row.get_ref(place).ok()?, texts)).collect();
            let Some(values) = values else { continue };
            let values: Vec<&dyn ToSql> = values.iter().map(|value| value as &dyn ToSql).collect();
            // A row that its table does not accept, such as one with a text in place of a number, is damaged
            // as well.
            count += insert.execute(values.as_slice()).unwrap_or_default() as u64;
        }
        Ok(())
    };
    let error = copy().err();
    (count, error)
}

fn value(value: ValueRef<'_>, texts: InvalidTexts) -> Option<Value> {
    Some(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Err(_) if texts == InvalidTexts::Skipped => return None,
            _ => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
        },
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    })
}

/// The tables with original rather than derived data.
fn tables(connection: &Connection) -> Result<Vec<String>, rusqlite::Error> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
               AND name NOT LIKE 'messages\\_search\\_%' ESCAPE '\\'";
    let mut statement = connection.prepare(sql)?;
    let names = statement.query_map([], |row| row.get(0))?;
    let mut names: Vec<String> = names.collect::<Result<_, _>>()?;
    names.retain(|name| !DERIVED.contains(&name.as_str()));
    Ok(names)
}

/// The columns of a table, and whether each is part of its key.
fn columns(connection: &Connection, table: &str) -> Result<Vec<(String, bool)>, rusqlite::Error> {
    let mut statement =
        connection.prepare("SELECT name, pk > 0 FROM pragma_table_info(?1) ORDER BY pk, cid")?;
    let columns = statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?;
    columns.collect()
}

/// Whether the log may have something that is not in the database yet.
pub(crate) fn needs_log(data_dir: &Path, known: &state::KnownState) -> bool {
    let state::KnownState::Used(state) = known else { return true };
    state.mark.frame == 0 || !inspect::is_in_database(data_dir, &state.mark).unwrap_or(false)
}
