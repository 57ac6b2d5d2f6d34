//! Stores everything that a server keeps in one SQLite file, `parla.db`: channels, accounts, messages (through
//! `parla-history`), and its keys.
//!
//! [`Database`] is the writing end. It opens a data directory only if it is as it was left, stores the
//! [`parla_server::Change`]s of a batch in one transaction, and returns when they are on disk. [`Reader`]
//! answers the [`parla_server::Query`]s of sessions. Neither knows about sessions, sockets or the server's
//! threads.
//!
//! # Code map
//!
//! - Writing: `tables.rs` stores the changes of a batch in one transaction; `channels.rs`, `accounts.rs` (with
//!   `presences.rs` and `personal.rs`), `invitations.rs`, `closures.rs`, `conversations.rs` and `messages.rs` map
//!   them to rows, `schema.rs` has the tables, and `keys.rs` the random keys.
//! - Reading: `reader.rs` answers queries on a connection of its own, and `export.rs` collects what one account
//!   has left in the file.
//! - The file: `database.rs` is an open data directory, and `open.rs` opens one. `upgrade.rs` copies it
//!   before its tables are changed.
//! - `error.rs` has the errors of a data directory, and `limits.rs` says how much is done at once.
//! - `fixture.rs` is a message for tests.
//! - Damage: `state.rs` records outside the database what it must contain, `wal.rs` reads SQLite's log
//!   without SQLite, `inspect.rs` compares the two before anything is written, `check.rs` reads the whole
//!   file, and `salvage.rs` rescues what is still readable.

mod accounts;
mod channels;
mod check;
mod closures;
mod conversations;
mod database;
mod error;
mod export;
mod inspect;
mod invitations;
mod keys;
mod limits;
mod messages;
mod open;
mod personal;
mod presences;
mod reader;
mod salvage;
mod schema;
mod state;
mod tables;
mod upgrade;
mod wal;

#[cfg(test)]
mod fixture;
#[cfg(test)]
#[path = "../tests/support/older.rs"]
mod older;

pub use parla_history::Durability;

pub use self::{
    database::{Database, files, note_damage, path},
    error::{DatabaseError, Patience},
    export::{Export, ExportedInvitation, ExportedMessage, ExportedRoom},
    inspect::Doubt,
    keys::CloakKey,
    reader::Reader,
    tables::Tables,
};
