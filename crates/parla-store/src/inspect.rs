//! Finds out what is wrong with a data directory before anything in it is changed.
//!
//! It first looks at the files without SQLite, which would take a lost database for a new one and a damaged
//! log for a short one, and then at the tables through SQLite.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

use parla_history::{Durability, migrate};
use rusqlite::{Connection, OptionalExtension as _};
use thiserror::Error;

use crate::{
    DatabaseError, database,
    keys::find_keys,
    schema::{COMPONENT, STEPS},
    state::{self, KnownState, State},
    tables,
    wal::{self, Log, WalMark, Walk},
};

/// A finding that must not be ignored.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Doubt {
    /// The database is missing.
    #[error("parla.db is gone, and this directory has been used")]
    Gone,
    /// The database file is empty.
    #[error("parla.db is empty, and this directory has been used")]
    Empty,
    /// SQLite cannot read all of the database, for this reason.
    #[error("parla.db is damaged: {0}")]
    Unreadable(String),
    /// The log is missing, and it is needed.
    #[error("parla.db-wal is gone or empty, and what was kept last was in it")]
    LogGone,
    /// The log ends before the last commit.
    #[error("parla.db-wal is damaged: {readable} of its {kept} pages can be read")]
    LogCut {
        /// The number of readable pages.
        readable: u32,
        /// The number of pages that were stored.
        kept: u32,
    },
    /// The log continues after an unreadable frame.
    #[error("parla.db-wal is damaged: there is more behind the place up to which it can be read")]
    LogDamaged,
    /// The log belongs to another database or to another state of this one.
    #[error(
        "parla.db-wal is that of another database or of another day, or another program has written to parla.db"
    )]
    LogForeign,
    /// These tables or indexes are missing.
    #[error("parla.db lacks what was in it: {}", .0.join(", "))]
    TablesGone(Vec<String>),
    /// The last number is lower than it was.
    #[error("parla.db ends earlier than it did: it is an older copy, or messages are gone")]
    Older,
    /// A key is missing.
    #[error(
        "a key of the server is gone; without it no ban on a hidden address works, or ids of messages are others"
    )]
    KeyGone,
    /// The keys are not those that the directory was used with.
    #[error(
        "the keys of the server are others than they were: parla.db is that of another server, or bans on hidden addresses and ids of messages would not hold any more"
    )]
    KeyChanged,
    /// A running server noted this damage.
    #[error("the last run of the server found damage: {0}")]
    FoundBefore(String),
}

/// The state of the files.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) doubts: Vec<Doubt>,
    /// Whether anything was stored here before.
    pub(crate) is_used: bool,
    /// What a power cut removed that `durability = "os"` does not promise to keep.
    pub(crate) lost_by_power_cut: Option<Doubt>,
}

/// The file in which a running server notes damage that it found, for the next start.
pub(crate) fn note_path(data_dir: &Path) -> PathBuf {
    data_dir.join("parla.damage")
}

/// The write-ahead log of the database.
pub(crate) fn log_path(data_dir: &Path) -> PathBuf {
    data_dir.join("parla.db-wal")
}

/// Inspects the files without SQLite.
pub(crate) fn files(data_dir: &Path, known: &KnownState, durability: Durability) -> io::Result<Files> {
    let asked = if let KnownState::Used(state) = known { state.mark.frame } else { 0 };
    let log = wal::walk(&log_path(data_dir), asked)?;
    let bytes = match fs::metadata(database::path(data_dir)) {
        Ok(file) => Some(file.len()),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let is_known = *known != KnownState::Nothing;
    let mut doubts = Vec::new();
    match bytes {
        None if is_known || log != Log::Absent => doubts.push(Doubt::Gone),
        Some(0) if is_known || log != Log::Absent => doubts.push(Doubt::Empty),
        _ => {}
    }
    let mut lost_by_power_cut = None;
    if doubts.is_empty()
        && let Some(doubt) = log_doubt(data_dir, known, log)?
    {
        let is_power_cut = matches!(known, KnownState::Used(state) if state.boot != state::boot());
        if is_power_cut && durability == Durability::Os && doubt != Doubt::LogForeign {
            lost_by_power_cut = Some(doubt);
        } else {
            doubts.push(doubt);
        }
    }
    match fs::read_to_string(note_path(data_dir)) {
        Ok(found) => doubts.push(Doubt::FoundBefore(found.trim().to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    Ok(Files { doubts, is_used: is_known || bytes.is_some_and(|bytes| bytes > 0), lost_by_power_cut })
}

/// What is wrong with the log, given what is recorded about it.
fn log_doubt(data_dir: &Path, known: &KnownState, log: Log) -> io::Result<Option<Doubt>> {
    let KnownState::Used(state) = known else {
        return Ok(match log {
            Log::Present(walk) if walk.commits_behind > 0 => Some(Doubt::LogDamaged),
            Log::WithoutHeader => Some(Doubt::LogDamaged),
            Log::Present(_) | Log::Absent => None,
        });
    };
    let mark = state.mark;
    if state.is_opening() {
        let is_damaged = matches!(log, Log::Present(walk) if walk.commits_behind > 1);
        return Ok(is_damaged.then_some(Doubt::LogDamaged));
    }
    Ok(match log {
        Log::Absent if mark.frame == 0 || is_in_database(data_dir, &mark)? => None,
        Log::Absent => Some(Doubt::LogGone),
        Log::WithoutHeader if mark.frame > 0 => Some(Doubt::LogCut { readable: 0, kept: mark.frame }),
        Log::WithoutHeader => Some(Doubt::LogDamaged),
        Log::Present(walk) => present_log_doubt(state, &walk),
    })
}

fn present_log_doubt(state: &State, walk: &Walk) -> Option<Doubt> {
    let mark = state.mark;
    if mark.frame == 0 {
        // The server was stopped cleanly, so there was no log.
        return (walk.last.frame > 0 || walk.commits_behind > 0).then_some(Doubt::LogForeign);
    }
    if walk.salt == mark.salt {
        if walk.asked != Some(mark.sum) {
            return Some(Doubt::LogCut { readable: walk.last.frame.min(mark.frame - 1), kept: mark.frame });
        }
    } else if !walk.salt.follows(mark.salt) {
        return Some(Doubt::LogForeign);
    }
    // If the machine has not been restarted, the mark says exactly what was stored, and anything after it is
    // a failed transaction. After a restart the mark may be older than the log. Then one more transaction may
    // have been in progress, but not two.
    let may_be_old = state.boot != state::boot();
    (may_be_old && walk.commits_behind > 1).then_some(Doubt::LogDamaged)
}

/// Whether the last page of the log is in the database, and therefore everything before it. If a program such
/// as `sqlite3` is opened after a crash, it copies the log into the database and deletes it.
pub(crate) fn is_in_database(data_dir: &Path, mark: &WalMark) -> io::Result<bool> {
    if mark.frame == 0 {
        return Ok(true);
    }
    let file = match File::open(database::path(data_dir)) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let mut bytes = [0; 2];
    let is_read = |result: io::Result<()>| match result {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    };
    if !is_read(file.read_exact_at(&mut bytes, 16))? {
        return Ok(false);
    }
    let page_bytes = match u16::from_be_bytes(bytes) {
        1 => 65_536,
        bytes => u64::from(bytes),
    };
    let Some(before) = mark.page.checked_sub(1) else { return Ok(false) };
    let mut page = vec![0; usize::try_from(page_bytes).unwrap_or_default()];
    Ok(is_read(file.read_exact_at(&mut page, page_bytes * u64::from(before)))? && mark.is_page(&page))
}

/// Checks that the tables and keys exist that a used database must have.
pub(crate) fn tables(connection: &Connection, known: &KnownState) -> Result<Vec<Doubt>, DatabaseError> {
    let present = names(connection)?;
    if present.is_empty() && *known == KnownState::Nothing {
        return Ok(Vec::new());
    }
    let missing = |names: &[&str]| Doubt::TablesGone(names.iter().map(ToString::to_string).collect());
    if !present.iter().any(|name| name == "schema_versions") {
        return Ok(vec![missing(&["schema_versions"])]);
    }
    let version = |component: &str| {
        let sql = "SELECT version FROM schema_versions WHERE component = ?1";
        connection.query_row(sql, [component], |row| row.get::<_, u32>(0)).optional()
    };
    let (Some(history), Some(own)) = (version(parla_history::COMPONENT)?, version(COMPONENT)?) else {
        return Ok(vec![missing(&["schema_versions"])]);
    };
    let mut expected = parla_history::open_in_memory()?;
    parla_history::prepare_version(&mut expected, history as usize)?;
    migrate(&mut expected, COMPONENT, STEPS.get(..own as usize).unwrap_or(&STEPS))?;
    let gone: Vec<String> = names(&expected)?.into_iter().filter(|name| !present.contains(name)).collect();
    if !gone.is_empty() {
        return Ok(vec![Doubt::TablesGone(gone)]);
    }
    if count(connection, "SELECT count(*) FROM messages_indexed")? != 1 {
        return Ok(vec![missing(&["messages_indexed"])]);
    }
    let KnownState::Used(state) = known else { return Ok(Vec::new()) };
    let mut doubts = Vec::new();
    if state.mark.frame == 0 && tables::last_number(connection)?.unwrap_or(0) < state.last {
        doubts.push(Doubt::Older);
    }
    if !state.key.is_empty() {
        match find_keys(connection)? {
            None => doubts.push(Doubt::KeyGone),
            Some(keys) if state::fingerprint(&keys) != state.key => doubts.push(Doubt::KeyChanged),
            Some(_) => {}
        }
    }
    Ok(doubts)
}

fn names(connection: &Connection) -> Result<Vec<String>, rusqlite::Error> {
    let mut statement = connection.prepare("SELECT name FROM sqlite_schema")?;
    let names = statement.query_map([], |row| row.get(0))?;
    names.collect()
}

fn count(connection: &Connection, sql: &str) -> Result<i64, rusqlite::Error> {
    connection.query_row(sql, [], |row| row.get(0))
}
