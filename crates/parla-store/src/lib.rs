//! Everything that a server keeps, in one SQLite file, `parla.db`: channels, messages (by `parla-history`),
//! and its keys.
//!
//! [`Database`] is the writing end. It opens a data directory only if it is as it was left, keeps the
//! [`parla_server::Change`]s of a batch in one transaction, and returns when they are on disk. [`Reader`]
//! answers the [`parla_server::Query`]s of sessions. Neither knows a session, a socket or a thread of the
//! server.
//!
//! # Code map
//!
//! - Writing: `tables.rs` keeps the changes of a batch in one transaction; `channels.rs`, `conversations.rs`
//!   and `messages.rs` map them to rows, `schema.rs` has the tables, and `keys.rs` the random keys.
//! - Reading: `reader.rs` answers questions on a connection of its own.
//! - The file: `database.rs` is an open data directory and `open.rs` opens one. `upgrade.rs` copies it before
//!   its tables change.
//! - `error.rs` says why a data directory cannot be used, and `limits.rs` how much is done at once.
//! - `fixture.rs` is a message for tests.
//! - Damage: `state.rs` notes outside of the database what must be there, `wal.rs` reads SQLite's log without
//!   SQLite, `inspect.rs` compares the two before anything is written, `check.rs` reads the whole file, and
//!   `salvage.rs` saves what is still readable.

mod channels;
mod check;
mod conversations;
mod database;
mod error;
mod inspect;
mod keys;
mod limits;
mod messages;
mod open;
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
    inspect::Doubt,
    keys::CloakKey,
    reader::Reader,
    tables::Tables,
};
