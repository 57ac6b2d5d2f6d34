//! Everything that a server keeps, in one SQLite file, `parla.db`: channels, messages (by `parla-history`), and its keys.
//!
//! [`Database`] is the writing end. It opens a data directory only if it is as it was left, keeps the [`parla_server::Change`]s of
//! a batch in one transaction, and returns when they are on disk. [`Reader`] answers the [`parla_server::Query`]s of sessions.
//! Neither knows a session, a socket or a thread of the server.

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
