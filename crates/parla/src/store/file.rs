//! The file of the store: SQLite, one row per thing, with every commit synced before the next step.
//!
//! A damaged file is set aside and never overwritten, and a new one starts with what can still be read of it.
//! Nobody else may have the file open, which saves SQLite a third file, so that it can be opened even on a
//! full disk.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use parla_history::{MigrationError, migrate};
use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig};
use thiserror::Error;

use super::{Remembered, RowKey};

const STEPS: &[&str] = &[include_str!("../../schema/1-store.sql")];
/// The most damaged files that are kept; if there are more, something else must be repaired first.
const ASIDE_MAX: u32 = 100;

/// The open file.
#[derive(Debug)]
pub(crate) struct StoreFile {
    connection: Connection,
}

/// Why the file cannot be used.
#[derive(Debug, Error)]
pub(crate) enum StoreError {
    #[error("cannot use the file {}: {reason}", path.display())]
    File {
        path: PathBuf,
        #[source]
        reason: io::Error,
    },
    #[error("cannot use the file {}: {reason}", path.display())]
    Sqlite {
        path: PathBuf,
        #[source]
        reason: rusqlite::Error,
    },
    #[error(transparent)]
    Newer(MigrationError),
}

/// The file that was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) file: StoreFile,
    pub(crate) remembered: Remembered,
    /// The path of the damaged file, if there was one.
    pub(crate) damaged: Option<PathBuf>,
}

/// Opens or creates the file, and reads everything in it.
pub(crate) fn open(path: &Path) -> Result<Found, StoreError> {
    let failed = |reason| StoreError::Sqlite { path: path.to_owned(), reason };
    match read(path) {
        Ok((file, remembered)) => Ok(Found { file, remembered, damaged: None }),
        Err(Unread::Newer(error)) => Err(StoreError::Newer(error)),
        Err(Unread::Sqlite(error)) if is_damage(&error) => {
            let aside = set_aside(path)?;
            tracing::error!(%error, aside = %aside.display(), "the store is damaged; it is kept, and what can be read goes on");
            let remembered = salvage(&aside);
            let (mut file, _) = read(path).map_err(|unread| match unread {
                Unread::Newer(error) => StoreError::Newer(error),
                Unread::Sqlite(reason) => failed(reason),
            })?;
            file.write(&remembered.rows()).map_err(failed)?;
            Ok(Found { file, remembered, damaged: Some(aside) })
        }
        Err(Unread::Sqlite(reason)) => Err(failed(reason)),
    }
}

/// Whether the file itself is damaged, as opposed to a problem of the disk or permissions.
pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
    let by_code = matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt | ErrorCode::TypeMismatch)
    );
    by_code
        || matches!(
            error,
            rusqlite::Error::InvalidColumnType(..) | rusqlite::Error::FromSqlConversionFailure(..)
        )
}

enum Unread {
    Sqlite(rusqlite::Error),
    Newer(MigrationError),
}

impl From<rusqlite::Error> for Unread {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

fn read(path: &Path) -> Result<(StoreFile, Remembered), Unread> {
    let mut connection = connect(path)?;
    check(&connection)?;
    migrate(&mut connection, "store", STEPS).map_err(|error| match error {
        MigrationError::Sqlite(error) => Unread::Sqlite(error),
        error @ MigrationError::Newer { .. } => Unread::Newer(error),
    })?;
    let mut remembered = Remembered::default();
    networks(&connection, ReadOrder::Up, &mut remembered)?;
    records(&connection, ReadOrder::Up, &mut remembered)?;
    Ok((StoreFile { connection }, remembered))
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    make_private(path);
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    let journal: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if journal != "wal" {
        tracing::warn!(journal, "the store has no write-ahead log here");
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    // A deleted draft must not be readable in the file.
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(connection)
}

/// Lets only its owner read the file, which contains channel keys and drafts. SQLite's files beside it get
/// the same permissions. If this fails, opening the file reports why.
fn make_private(path: &Path) {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(path);
}

/// Checks the whole file, because it is small.
fn check(connection: &Connection) -> rusqlite::Result<()> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" {
        return Ok(());
    }
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    Err(rusqlite::Error::SqliteFailure(code, Some(found)))
}

/// Moves the file and its log to an unused name.
fn set_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let failed = |reason| StoreError::File { path: path.to_owned(), reason };
    let free = (1..=ASIDE_MAX)
        .map(|number| with_end(path, &format!(".damaged-{number}")))
        .find(|aside| !aside.exists())
        .ok_or_else(|| failed(io::ErrorKind::AlreadyExists.into()))?;
    // The log is moved first: a new file must not find the log of the old one.
    for end in ["-wal", "-shm", ""] {
        match fs::rename(with_end(path, end), with_end(&free, end)) {
            Err(reason) if reason.kind() != io::ErrorKind::NotFound => return Err(failed(reason)),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(free)
}

pub(crate) fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// What can be read of a damaged file: from the beginning up to the damage, and from the end back to it.
fn salvage(path: &Path) -> Remembered {
    let mut remembered = Remembered::default();
    let opened = connect(path).and_then(|connection| {
        // The file must stay as it was found.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        Ok(connection)
    });
    let Ok(connection) = opened else { return remembered };
    for order in [ReadOrder::Up, ReadOrder::Down] {
        for error in [
            networks(&connection, order, &mut remembered).err(),
            records(&connection, order, &mut remembered).err(),
        ]
        .into_iter()
        .flatten()
        {
            tracing::warn!(%error, "a part of the damaged store cannot be read");
        }
    }
    remembered
}

/// The order in which rows are read.
#[derive(Clone, Copy)]
enum ReadOrder {
    Up,
    Down,
}

impl ReadOrder {
    const fn word(self) -> &'static str {
        match self {
            Self::Up => "ASC",
            Self::Down => "DESC",
        }
    }
}

fn networks(connection: &Connection, order: ReadOrder, into: &mut Remembered) -> rusqlite::Result<()> {
    let sql = format!("SELECT id, number, settings FROM networks ORDER BY id {}", order.word());
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, number, settings): (String, u32, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let settings = serde_json::from_str(&settings).unwrap_or_else(|error| {
            tracing::error!(%error, number, "the settings of a network cannot be read");
            Default::default()
        });
        let network = into.networks.entry(number).or_default();
        (network.id, network.settings) = (id, settings);
    }
    Ok(())
}

fn records(connection: &Connection, order: ReadOrder, into: &mut Remembered) -> rusqlite::Result<()> {
    let sql = format!("SELECT network, key, value FROM records ORDER BY network {0}, key {0}", order.word());
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let numbers: BTreeMap<String, u32> =
        into.networks.iter().map(|(number, network)| (network.id.clone(), *number)).collect();
    while let Some(row) = rows.next()? {
        let (network, key, value): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let records = match numbers.get(&network).and_then(|number| into.networks.get_mut(number)) {
            Some(network) => &mut network.records,
            None if network.is_empty() => &mut into.values,
            // It belongs to a network that is gone, or that was lost to the damage.
            None => continue,
        };
        records.insert(key, value);
    }
    Ok(())
}

impl StoreFile {
    /// Opens the file again as it is, after a failed write.
    pub(crate) fn reopen(path: &Path) -> rusqlite::Result<Self> {
        match read(path) {
            Ok((file, _)) => Ok(file),
            Err(Unread::Sqlite(error)) => Err(error),
            Err(Unread::Newer(_)) => Err(rusqlite::Error::InvalidQuery),
        }
    }

    /// Writes the rows, either all or none. They are on disk when this returns.
    pub(crate) fn write(&mut self, rows: &BTreeMap<RowKey, Option<String>>) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        for (row, value) in rows {
            match (row, value) {
                (RowKey::Network { id, number }, Some(settings)) => transaction
                    .prepare_cached(
                        "INSERT OR REPLACE INTO networks(id, number, settings) VALUES(?1, ?2, ?3)",
                    )?
                    .execute((id, number, settings))?,
                (RowKey::Network { id, .. }, None) => {
                    transaction.prepare_cached("DELETE FROM records WHERE network = ?1")?.execute((id,))?;
                    transaction.prepare_cached("DELETE FROM networks WHERE id = ?1")?.execute((id,))?
                }
                (RowKey::Record { network, key }, Some(value)) => transaction
                    .prepare_cached("INSERT OR REPLACE INTO records(network, key, value) VALUES(?1, ?2, ?3)")?
                    .execute((network, key, value))?,
                (RowKey::Record { network, key }, None) => transaction
                    .prepare_cached("DELETE FROM records WHERE network = ?1 AND key = ?2")?
                    .execute((network, key))?,
            };
        }
        transaction.commit()
    }

    /// For tests: no write fits any more until this is lifted.
    #[cfg(test)]
    pub(crate) fn limit_pages(&self, pages: Option<u32>) {
        self.connection.pragma_update(None, "max_page_count", pages.unwrap_or(u32::MAX)).unwrap_or_default();
    }
}
