//! Messages of conversations on disk: kept, paged and searched. SQLite.
//!
//! Works on a [`rusqlite::Connection`] it is given, and touches no table but its own: `parla-store` keeps
//! channels in the same file. Never reads a clock and never chooses an id; both come with the [`Message`].
//!
//! One connection writes, any number read:
//!
//! ```
//! use parla_history::{ConversationId, Durability, Kind, Message, MessageNumber, Page, Search, Writer};
//! use parla_proto::Timestamp;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("parla.db");
//! let rust = ConversationId(1);
//! let mut connection = parla_history::open(&path, Durability::Fsync)?;
//! parla_history::prepare(&mut connection)?;
//!
//! let transaction = connection.transaction()?;
//! Writer::new(&transaction)?.append(&Message {
//!     id: MessageNumber(7),
//!     conversation: rust,
//!     at: Timestamp::from_millis(1_700_000_000_000),
//!     kind: Kind::Privmsg,
//!     source: "alice!alice@host".to_owned(),
//!     account: None,
//!     text: "hello".to_owned(),
//!     tags: None,
//!     cuts: Vec::new(),
//!     refers_to: None,
//!     edited: None,
//! })?;
//! transaction.commit()?; // Here it is kept.
//!
//! let reader = parla_history::open_reader(&path)?;
//! let latest = parla_history::page(&reader, rust, Page::Latest { after: None }, 50)?;
//! let search = Search { conversation: Some(rust), words: "hel".to_owned(), before: None, limit: 50 };
//! assert_eq!(latest, parla_history::search(&reader, &search)?);
//!
//! while parla_history::index_pending(&mut connection, 1000)? > 0 {} // When there is time.
//! # Ok(())
//! # }
//! ```
//!
//! What the files rely on: within a conversation, order of ids is order of time. Ids are unique in one file.
//!
//! # Code map
//!
//! - `message.rs` is a message as it is kept; `append.rs` takes messages in and deletes single ones;
//!   `references.rs` fills in which message another one answers; `forget.rs` deletes whole conversations
//!   piece by piece.
//! - `page.rs` reads a conversation by ids and times. `index.rs` lets the indexes follow, `search.rs` and
//!   `tail.rs` find words in what is indexed and in what is not yet, and `words.rs` says what a word is. No
//!   command uses the search yet.
//! - `sum.rs` is the checksum of a row, and `check.rs` compares it.
//! - `fixture.rs` is a small history for the tests of this crate. `moment.rs` lets statements that must agree
//!   read in one transaction. `error.rs` says what can go wrong.
//! - `open.rs` opens the file, `schema.rs` has the tables, `migrate.rs` the numbered steps and `copy.rs` the
//!   copy before them.

mod append;
mod check;
mod copy;
mod error;
mod forget;
mod index;
mod message;
mod migrate;
mod moment;
mod open;
mod page;
mod references;
mod schema;
mod search;
mod sum;
mod tail;
mod words;

#[cfg(test)]
mod fixture;

pub use append::Writer;
pub use check::{check, delete_unsound};
pub use copy::{Copied, copy_before, delete_unfinished_copies};
pub use error::{CopyError, HistoryError, MigrationError, OpenError};
pub use forget::forget_pending;
pub use index::index_pending;
pub use message::{ConversationId, Kind, Message, MessageNumber};
pub use migrate::{KnownTables, Step, is_behind, migrate, migrate_within, refuse_newer};
pub use open::{BUSY_TIMEOUT, CHECKPOINT_PAGES, Durability, open, open_in_memory, open_reader};
pub use page::{Bound, Page, latest_at, message, page};
pub use references::fill_references;
pub use schema::{COMPONENT, VERSION, prepare, prepare_version, prepare_within};
pub use search::{Search, search};
