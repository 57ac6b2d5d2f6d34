//! What can go wrong with the file, in words that a person can act on.

use std::{io, path::PathBuf};

use thiserror::Error;

use crate::MessageNumber;

/// The file could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// There is no such file, and it cannot be made: no such directory, no permission, a read-only disk.
    #[error("cannot create the database {}: {reason}", path.display())]
    Create {
        /// The file that was to be made.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        reason: io::Error,
    },
    /// A reader was asked for, and there is no file yet.
    #[error("there is no database {}", path.display())]
    Missing {
        /// The file that was looked for.
        path: PathBuf,
    },
    /// The file holds something else.
    #[error("{} is not a SQLite database; move it away, or give another path", path.display())]
    NotADatabase {
        /// The file that was read.
        path: PathBuf,
    },
    /// The file is a database, and some of it is damaged.
    #[error("the database {} is damaged; restore a backup, or save what is left with `sqlite3 {} .recover`", path.display(), path.display())]
    Damaged {
        /// The file that was read.
        path: PathBuf,
    },
    /// The file or its directory may not be read or written. SQLite writes two more files beside the database.
    #[error("no permission to use the database {}; the user that runs this program must own the file and its directory", path.display())]
    Permission {
        /// The file that was opened.
        path: PathBuf,
    },
    /// Another program has the file to itself.
    #[error("the database {} is in use by another program", path.display())]
    InUse {
        /// The file that was opened.
        path: PathBuf,
    },
    /// The disk cannot share memory between programs, as network disks often cannot.
    #[error("the database {} cannot have a write-ahead log here (a network disk?); put it on a local disk", path.display())]
    NoWriteAheadLog {
        /// The file that was opened.
        path: PathBuf,
    },
    /// Anything else that SQLite says.
    #[error("cannot open the database {}: {reason}", path.display())]
    Sqlite {
        /// The file that was opened.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        reason: rusqlite::Error,
    },
}

/// The tables of one component could not be brought to the form that this program knows.
#[derive(Debug, Error)]
pub enum MigrationError {
    /// A newer program wrote the file. Nothing was changed.
    #[error(
        "a newer version of parla wrote this database (its {component} tables have version {found}, this program knows up to {known}); \
         install that version or a later one, or restore a backup from before the upgrade"
    )]
    Newer {
        /// Whose tables.
        component: String,
        /// The version in the file.
        found: u32,
        /// The last version this program knows.
        known: u32,
    },
    /// SQLite refused; nothing was changed.
    #[error("cannot prepare the tables: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

/// The file could not be copied. It is as it was, and nothing of the copy is left.
#[derive(Debug, Error)]
pub enum CopyError {
    /// The copy cannot be made, written or given its name.
    #[error("cannot write the copy {}: {reason}", path.display())]
    Write {
        /// The copy.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        reason: io::Error,
    },
    /// SQLite cannot read the file, or cannot write the copy: the disk is full.
    #[error("cannot copy the database to {}: {reason}", path.display())]
    Sqlite {
        /// The copy.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        reason: rusqlite::Error,
    },
}

/// A message could not be kept or read.
#[derive(Debug, Error)]
pub enum HistoryError {
    /// SQLite's integers have 63 bits for it. No server gives such an id.
    #[error("the message number {} is too large to be kept", .0.0)]
    IdTooLarge(MessageNumber),
    /// SQLite refused: the disk is full, the file is damaged or in use.
    #[error("message history: {0}")]
    Sqlite(#[from] rusqlite::Error),
}
