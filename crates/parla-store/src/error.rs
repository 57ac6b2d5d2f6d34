//! Errors of the data directory, worded for the administrator, and whether it makes sense to wait.

use std::path::PathBuf;

use parla_history::{CopyError, HistoryError, MigrationError, OpenError};
use rusqlite::{ErrorCode, ffi};
use thiserror::Error;

use crate::Doubt;

/// Why the data directory cannot be used.
#[derive(Debug, Error)]
pub enum DatabaseError {
    /// The directory cannot be created, read or written.
    #[error("cannot use the data directory {path}: {reason}. Choose another with --data-dir")]
    Directory {
        /// The data directory.
        path: PathBuf,
        /// The error of the system.
        reason: std::io::Error,
    },
    /// Another server has locked the directory.
    #[error("another parlad uses the data directory {0}. Stop it, or choose another with --data-dir")]
    InUse(PathBuf),
    /// The directory is not as the last server left it. Nothing in it was changed.
    #[error("{}", explain(path, doubts))]
    Doubtful {
        /// The data directory.
        path: PathBuf,
        /// What was found.
        doubts: Vec<Doubt>,
    },
    /// SQLite cannot open the file.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is not enough space for the copy that is made before an older database is upgraded. Nothing was
    /// changed.
    #[error(
        "the database {} is from an older version of parla and must be copied before it is upgraded. That needs {needed} bytes \
         on its disk, and only {free} are free. Nothing was changed; free some space and start again",
        path.display()
    )]
    NoRoomForCopy {
        /// The database to be copied.
        path: PathBuf,
        /// Required space in bytes.
        needed: u64,
        /// Free space in bytes.
        free: u64,
    },
    /// The copy cannot be made, or an older one not deleted. The database was not changed.
    #[error("the database must be copied before it is upgraded, and that failed: {0}. It was not changed")]
    Copy(#[from] CopyError),
    /// The tables cannot be created or upgraded.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// A message cannot be stored or read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The system has no random numbers for the keys.
    #[error("the system gives no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// The state file cannot be written.
    #[error("cannot write parla.state: {0}")]
    State(#[from] std::io::Error),
    /// SQLite refuses something else.
    #[error("the database failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

/// What was found, what it means, and what to do about it.
fn explain(path: &std::path::Path, doubts: &[Doubt]) -> String {
    let found: String = doubts.iter().map(|doubt| format!("\n  - {doubt}")).collect();
    format!(
        "the data directory {} is not as it was left, so the server does not start. Nothing in it was changed.\n\
         What was found:{found}\n\
         What it means: the database is damaged, or messages or rooms that people have seen are not there any more.\n\
         What to do, one of these:\n\
         \x20 - Restore a backup: move every file that begins with parla. out of the directory, put the backup there as parla.db, \
         and start.\n\
         \x20 - If you have just put a backup there: move parla.state and the other files that begin with parla. out of the directory, and start.\n\
         \x20 - Go on with what can still be read: start once with `parlad run --accept-damage`. The files that are there \
         now stay, as parla.db.damaged-DATE.",
        path.display()
    )
}

/// How long to keep trying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// The disk is full or another program interferes: this will pass, but only the administrator knows when.
    Endless,
    /// The disk reports errors: they may pass, but not after a long time.
    Short,
    /// The database is damaged, or this program has a fault: it will never pass.
    None,
}

impl DatabaseError {
    /// The underlying error of SQLite, if there is one.
    fn sqlite(&self) -> Option<&ffi::Error> {
        match self {
            Self::Sqlite(error)
            | Self::History(HistoryError::Sqlite(error))
            | Self::Migration(MigrationError::Sqlite(error)) => error.sqlite_error(),
            Self::Open(OpenError::Sqlite { reason, .. }) | Self::Copy(CopyError::Sqlite { reason, .. }) => {
                reason.sqlite_error()
            }
            _ => None,
        }
    }

    pub(crate) fn sqlite_code(&self) -> Option<ErrorCode> {
        self.sqlite().map(|error| error.code)
    }

    /// Whether the file is not a sound database.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Open(OpenError::Damaged { .. } | OpenError::NotADatabase { .. }))
            || matches!(self.sqlite_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
            || self.sqlite().is_some_and(|error| error.extended_code == ffi::SQLITE_IOERR_SHORT_READ)
    }

    /// How long to keep trying.
    pub fn patience(&self) -> Patience {
        let Some(error) = self.sqlite() else { return Patience::None };
        match error.code {
            ErrorCode::DiskFull
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::CannotOpen
            | ErrorCode::OutOfMemory => Patience::Endless,
            // This is how an exceeded quota or file size limit is reported.
            ErrorCode::SystemIoFailure if error.extended_code == ffi::SQLITE_IOERR_WRITE => Patience::Endless,
            ErrorCode::SystemIoFailure => Patience::Short,
            _ => Patience::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patience(code: i32) -> Patience {
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        DatabaseError::History(HistoryError::Sqlite(error)).patience()
    }

    #[test]
    fn what_can_pass_is_waited_for_and_nothing_else() {
        for code in [ffi::SQLITE_FULL, ffi::SQLITE_BUSY, ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_READONLY] {
            assert_eq!(patience(code), Patience::Endless, "{code}");
        }
        for code in [ffi::SQLITE_IOERR, ffi::SQLITE_IOERR_READ, ffi::SQLITE_IOERR_FSYNC] {
            assert_eq!(patience(code), Patience::Short, "{code}");
        }
        for code in [ffi::SQLITE_CORRUPT, ffi::SQLITE_CORRUPT_INDEX, ffi::SQLITE_NOTADB, ffi::SQLITE_ERROR] {
            assert_eq!(patience(code), Patience::None, "{code}");
        }
        assert_eq!(DatabaseError::Sqlite(rusqlite::Error::QueryReturnedNoRows).patience(), Patience::None);
    }
}
