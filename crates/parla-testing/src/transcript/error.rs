//! Why a script cannot be read or played. That the server does something else than expected is not among them.

use std::io;

use thiserror::Error;

/// A script is wrong.
#[derive(Debug, Error)]
pub enum ScriptError {
    /// The file cannot be read.
    #[error("{path}: {reason}")]
    File {
        /// Which.
        path: String,
        /// Why.
        reason: io::Error,
    },
    /// A line is not of the grammar.
    #[error("{script}.irc:{line}: {why}")]
    Line {
        /// The script's name.
        script: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
}

/// A script cannot be played.
#[derive(Debug, Error)]
pub enum RunError {
    /// `wait`, `server: restart` and such cannot be had from a running daemon.
    #[error("the script needs the virtual clock")]
    NeedsVirtualClock,
    /// A client is named that has no connection.
    #[error("{0} has no connection")]
    NotConnected(String),
    /// `connect` or `join` did not succeed.
    #[error("line {line}: {client} did not {what}; it got:\n{got}")]
    NotDone {
        /// The line of the script.
        line: usize,
        /// Who.
        client: String,
        /// `register` or `join`.
        what: &'static str,
        /// What came instead.
        got: String,
    },
    /// The server asks to be woken again and again at the same time.
    #[error("the server's next deadline does not move on")]
    StuckDeadline,
    /// What the server keeps cannot be written or read.
    #[error(transparent)]
    Store(#[from] parla_store::DatabaseError),
    /// A setting is not one.
    #[error("the setting {0:?} has a value that the server cannot take")]
    Setting(&'static str),
    /// The network does not work.
    #[error("{client}: {reason}")]
    Network {
        /// Whose connection.
        client: String,
        /// Why.
        reason: io::Error,
    },
}
