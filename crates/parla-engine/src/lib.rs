//! What both shells of the app do with the client of a network: they pass it events, carry out its outputs,
//! and tell the interface of changes.
//!
//! There are no sockets, files, threads or clocks here. A shell provides them: it makes connections
//! ([`Transport`]), stores things ([`Storage`]), and says what time it is. It also waits, on a thread or in a
//! page, until something happens or is due.
//!
//! # Code map
//!
//! - `engine.rs` has the client and its connection, and `wished_nick.rs` the nick that the person asked for.
//! - `transport.rs` and `storage.rs` are what a shell provides, and `pace.rs` says when the interface is
//!   told.

mod engine;
mod pace;
mod storage;
mod transport;
mod wished_nick;

pub use engine::{Engine, Shell};
pub use pace::{Pace, UPDATES_GAP};
pub use storage::{ArchiveChange, ArchiveDeletion, ArchiveRename, RecallRequest, Recalled, Storage};
pub use transport::{Connection, Signal, Transport, problem};
