//! Stores the messages of conversations in SQLite, and reads them by pages or by search.
//!
//! It works on a [`rusqlite::Connection`] from the caller and uses only its own tables: `parla-store` stores
//! channels in the same file. It never reads a clock and never chooses an id; both come with the [`Message`].
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
//! All files rely on this: within a conversation, messages in the order of their ids are in the order of
//! their times. Ids are unique within a file.
//!
//! # Code map
//!
//! - `message.rs` is a stored message; `append.rs` adds messages and deletes single ones; `references.rs`
//!   fills in which message another one replies to; `forget.rs` deletes whole conversations piece by piece, and
//!   `expire.rs` old messages.
//! - `page.rs` reads a conversation by ids and times, and `floor.rs` says where it begins. `index.rs` updates the indexes, `search.rs` and
//!   `tail.rs` find words in what is indexed and in what is not yet, and `words.rs` defines what a word is.
//!   No command uses the search yet.
//! - `checksum.rs` is the checksum of a row, and `check.rs` compares it.
//! - `fixture.rs` is a small history for the tests of this crate. `moment.rs` lets several statements read
//!   the same state of the file. `error.rs` has the errors.
//! - `open.rs` opens the file, `schema.rs` has the tables, `migrate.rs` the numbered migrations, and
//!   `copy.rs` the copy that is made before them.

mod append;
mod check;
mod checksum;
mod copy;
mod error;
mod expire;
mod floor;
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
mod tail;
mod words;

#[cfg(test)]
mod fixture;

pub use append::Writer;
pub use check::{check, delete_unsound};
pub use copy::{Copied, copy_before, delete_unfinished_copies};
pub use error::{CopyError, HistoryError, MigrationError, OpenError};
pub use expire::expire_pending;
pub use floor::{Floor, Reading};
pub use forget::forget_pending;
pub use index::index_pending;
pub use message::{ConversationId, Kind, Message, MessageNumber};
pub use migrate::{KnownTables, Step, is_behind, migrate, migrate_within, refuse_newer};
pub use open::{BUSY_TIMEOUT, CHECKPOINT_PAGES, Durability, open, open_in_memory, open_reader};
pub use page::{Bound, Page, latest_at, message, page};
pub use references::fill_references;
pub use schema::{COMPONENT, VERSION, prepare, prepare_version, prepare_within};
pub use search::{Search, search};
