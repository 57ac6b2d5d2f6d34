//! What can go wrong in a benchmark. Every error ends the run: a figure from a half-failed run is worse than
//! none.

use std::io;

/// Why a run ended without a figure.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The operating system refused something.
    #[error("cannot {doing}: {source}")]
    Io {
        /// What was attempted, as an infinitive.
        doing: &'static str,
        /// The system's answer.
        source: io::Error,
    },
    /// The server stopped answering while clients registered or joined.
    #[error(
        "only {done} of {wanted} clients {stage}, then nothing for {seconds} s; first refusal: {refusal}"
    )]
    Stalled {
        /// What was being done, as a past participle.
        stage: &'static str,
        /// The number of clients that got there.
        done: usize,
        /// The number of clients that should have got there.
        wanted: usize,
        /// How long nothing happened, in seconds.
        seconds: u64,
        /// The first line with which the server refused something.
        refusal: String,
    },
    /// The server closed connections while clients registered or joined.
    #[error("the server closed {closed} connections before all were {stage}; first refusal: {refusal}")]
    Closed {
        /// What was being done, as a past participle.
        stage: &'static str,
        /// How many connections it closed.
        closed: usize,
        /// The first line with which the server refused something.
        refusal: String,
    },
    /// A file below `/proc` did not look as documented.
    #[error("cannot read {what} of process {pid}")]
    Proc {
        /// The value that was to be read.
        what: &'static str,
        /// The process that it belongs to.
        pid: i32,
    },
    /// The options contradict one another, or the run cannot go on for the reason given.
    #[error("{0}")]
    Settings(&'static str),
    /// A server that was started did not say where it listens.
    #[error("{server} did not start; it said:\n{log}")]
    NotStarted {
        /// The server's name.
        server: String,
        /// What it printed.
        log: String,
    },
}

/// Makes an [`Error::Io`] of a system error, for `map_err`.
pub(crate) fn cannot<E: Into<io::Error>>(doing: &'static str) -> impl FnOnce(E) -> Error {
    move |source| Error::Io { doing, source: source.into() }
}
