//! Errors of the file, worded so that a person can act on them.

use std::{io, path::PathBuf};

use thiserror::Error;

use crate::MessageNumber;

/// The file could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The file does not exist and cannot be created: there is no such directory, no permission, or the disk
    /// is read-only.
    #[error("cannot create the database {}: {reason}", path.display())]
    Create {
        /// The file that was to be created.
        path: PathBuf,
        /// The error of the operating system.
        #[source]
        reason: io::Error,
    },
    /// The file does not exist, and a reader does not create it.
    #[error("there is no database {}", path.display())]
    Missing {
        /// The file that was looked for.
        path: PathBuf,
    },
    /// The file is not a database.
    #[error("{} is not a SQLite database; move it away, or give another path", path.display())]
    NotADatabase {
        /// The file that was read.
        path: PathBuf,
    },
    /// The file is a database that is damaged.
    #[error("the database {} is damaged; restore a backup, or save what is left with `sqlite3 {} .recover`", path.display(), path.display())]
    Damaged {
        /// The file that was read.
        path: PathBuf,
    },
    /// There is no permission to read or write the file or its directory. SQLite creates two more files
    /// beside the database.
    #[error("no permission to use the database {}; the user that runs this program must own the file and its directory", path.display())]
    Permission {
        /// The file that was opened.
        path: PathBuf,
    },
    /// Another program has locked the file.
    #[error("the database {} is in use by another program", path.display())]
    InUse {
        /// The file that was opened.
        path: PathBuf,
    },
    /// The disk does not support shared memory, as is common for network disks.
    #[error("the database {} cannot have a write-ahead log here (a network disk?); put it on a local disk", path.display())]
    NoWriteAheadLog {
        /// The file that was opened.
        path: PathBuf,
    },
    /// Any other error of SQLite.
    #[error("cannot open the database {}: {reason}", path.display())]
    Sqlite {
        /// The file that was opened.
        path: PathBuf,
        /// The error of SQLite.
        #[source]
        reason: rusqlite::Error,
    },
}

/// The tables of one component could not be upgraded to this program's version.
#[derive(Debug, Error)]
pub enum MigrationError {
    /// A newer program wrote the file. Nothing was changed.
    #[error(
        "a newer version of parla wrote this database (its {component} tables have version {found}, this program knows up to {known}); \
         install that version or a later one, or restore a backup from before the upgrade"
    )]
    Newer {
        /// The component that owns the tables.
        component: String,
        /// The version in the file.
        found: u32,
        /// The latest version that this program knows.
        known: u32,
    },
    /// SQLite refused, and nothing was changed.
    #[error("cannot prepare the tables: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

/// The file could not be copied, or older copies of it could not be deleted. The file itself is unchanged.
#[derive(Debug, Error)]
pub enum CopyError {
    /// The copy cannot be created, written or renamed.
    #[error("cannot write the copy {}: {reason}", path.display())]
    Write {
        /// The copy.
        path: PathBuf,
        /// The error of the operating system.
        #[source]
        reason: io::Error,
    },
    /// The copy is complete, but an older one cannot be deleted.
    #[error("cannot delete the older copy {}: {reason}", path.display())]
    Delete {
        /// The older copy.
        path: PathBuf,
        /// The error of the operating system.
        #[source]
        reason: io::Error,
    },
    /// SQLite cannot read the file, or cannot write the copy because the disk is full.
    #[error("cannot copy the database to {}: {reason}", path.display())]
    Sqlite {
        /// The copy.
        path: PathBuf,
        /// The error of SQLite.
        #[source]
        reason: rusqlite::Error,
    },
}

/// A message could not be stored or read.
#[derive(Debug, Error)]
pub enum HistoryError {
    /// The number needs more than the 63 bits that an integer of SQLite has for it. No server assigns such a
    /// number.
    #[error("the message number {} is too large to be kept", .0.0)]
    NumberTooLarge(MessageNumber),
    /// SQLite refused: the disk is full, or the file is damaged or in use.
    #[error("message history: {0}")]
    Sqlite(#[from] rusqlite::Error),
}
