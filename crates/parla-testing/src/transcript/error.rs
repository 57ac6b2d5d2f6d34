//! Why a script cannot be read or played. It is not an error if the server behaves differently than expected.

use std::io;

use thiserror::Error;

/// The script is invalid.
#[derive(Debug, Error)]
pub enum ScriptError {
    /// The file cannot be read.
    #[error("{path}: {reason}")]
    File {
        /// The path of the file.
        path: String,
        /// The error of the system.
        reason: io::Error,
    },
    /// A line does not follow the grammar.
    #[error("{script}.irc:{line}: {why}")]
    Line {
        /// The script's name.
        script: String,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
}

/// The script cannot be played.
#[derive(Debug, Error)]
pub enum RunError {
    /// A running daemon does not support `wait`, `server: restart` and the like.
    #[error("the script needs the virtual clock")]
    NeedsVirtualClock,
    /// The script names a client that has no connection.
    #[error("{0} has no connection")]
    NotConnected(String),
    /// `connect` or `join` did not succeed.
    #[error("line {line}: {client} did not {what}; it got:\n{got}")]
    NotDone {
        /// The line of the script.
        line: usize,
        /// The client's name.
        client: String,
        /// `register` or `join`.
        what: &'static str,
        /// The lines that came instead.
        got: String,
    },
    /// The server keeps asking to be called at the same time.
    #[error("the server's next deadline does not move on")]
    StuckDeadline,
    /// The server's data cannot be written or read.
    #[error(transparent)]
    Store(#[from] parla_store::DatabaseError),
    /// The setting is invalid.
    #[error("the setting {0:?} has a value that the server cannot take")]
    Setting(&'static str),
    /// The network failed.
    #[error("{client}: {reason}")]
    Network {
        /// The client whose connection it was.
        client: String,
        /// The error of the system.
        reason: io::Error,
    },
}
