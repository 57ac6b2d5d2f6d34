//! The tables of this crate, and the reasons for their design.
//!
//! A commit only writes rows, in the order in which they arrive: one page for one message, four pages for 50.
//! The indexes follow (`index.rs`), and one page of them takes the rows of many commits. CPU time per row,
//! for 300,000 messages of 11 words in 50 conversations, on two shared cores:
//!
//! | conversations are indexed            | 1 a commit | 50 a commit | 50 a synced commit | index_pending |
//! |--------------------------------------|-----------:|------------:|-------------------:|--------------:|
//! | at once, index (conversation)        |    10.6 µs |      4.4 µs |   5.6 µs, 48 pages |        3.0 µs |
//! | later, table (conversation, id)      |     6.7 µs |      1.0 µs |    2.1 µs, 4 pages |        4.2 µs |
//!
//! With 200 conversations `index_pending` takes 5.2 µs per row, with 2000 7.5 µs. Sorting the places of a
//! transaction before writing them saved nothing. The full-text index could also find the messages of a
//! conversation, but it takes 60 to 170 µs for 50 places, where the table takes 15 µs.
//!
//! With pages of 1024, 2048, 4096 and 8192 bytes, a commit of one message takes 5.1, 5.2, 6.5 and 8.3 µs. For
//! 50 messages and for indexing there is no difference, and reads are faster with larger pages, so we use
//! SQLite's default of 4096.
//!
//! With 2000 conversations, an index on `messages` cost 6 to 7 µs per appended row, and storing messages in
//! the order of (conversation, id) 12 µs. Times need no index: they are found by bisection (`page.rs`),
//! because the order of ids is the order of times.
//!
//! `cuts` has a column of its own: marks within the text would be visible to people and would split words in
//! the index. It costs an ordinary message one byte.
//!
//! `sum` costs five bytes per row and 0.1 µs. SQLite has checksums for pages, but only in an extension that
//! is not built in.
//!
//! `refers_to` and `edited` are empty in most rows, where they cost one byte each. The index on `refers_to`
//! does not contain such rows. The cost of appending changed by no more than the difference between two runs:
//! 3.8 to 4.9 µs per row with them, at 50 rows per transaction, and 3.9 to 4.8 µs without, on a machine with
//! other load.
//!
//! `kind` is text, for people who read the file, and takes 7 of a row's 134 bytes.
//!
//! Full text, indexed at 1000 rows per transaction:
//!
//! | form of `messages_search`       | CPU per row | bytes per row | delete one |
//! |---------------------------------|------------:|--------------:|-----------:|
//! | contentless, no column sizes    |      3.8 µs |            58 |     160 µs |
//! | the same with `secure-delete`   |      4.1 µs |            58 |     420 µs |
//! | contentless_delete              |      4.2 µs |            73 |      40 µs |
//! | external content                |      4.0 µs |            58 |     160 µs |
//! | with prefix indexes of 1 and 2  |      7.5 µs |           153 |     220 µs |
//! | trigram                         |     17.1 µs |           335 |     160 µs |
//!
//! `examples/throughput.rs` has more figures, including those for reads.
//!
//! The index is contentless, because what is indexed is not quite the text (`words.rs`), and because the text
//! should not be stored twice. Deletion is rare and should be final, hence `secure-delete`. Trigrams could
//! not find words of two letters, such as most Chinese words; `words.rs` finds them, and text with spaces
//! costs no more than before.

use rusqlite::{Connection, Transaction};

use crate::{MigrationError, migrate, migrate_within};

/// The second migration. It only creates a full-text index, so `tail.rs` also uses it to create a small one
/// in memory, for what is not indexed yet.
pub(crate) const SEARCH: &str = include_str!("../schema/2-search.sql");

/// The name under which [`migrate`] counts these tables.
pub const COMPONENT: &str = "history";

const STEPS: &[&str] = &[
    include_str!("../schema/1-messages.sql"),
    SEARCH,
    include_str!("../schema/3-cuts.sql"),
    include_str!("../schema/4-forgotten.sql"),
    include_str!("../schema/5-sum.sql"),
    include_str!("../schema/6-references.sql"),
    include_str!("../schema/7-expired.sql"),
];

/// The number of steps, which is the version of an up-to-date file.
pub const VERSION: usize = STEPS.len();

/// Creates the tables of this crate in the file of `connection`, or upgrades those of an older version.
///
/// # Errors
/// As for [`migrate`]; the component is `history`.
pub fn prepare(connection: &mut Connection) -> Result<(), MigrationError> {
    migrate(connection, COMPONENT, STEPS)
}

/// Like [`prepare`], within a transaction of the caller.
///
/// # Errors
/// As for [`prepare`]; the caller must roll back.
pub fn prepare_within(transaction: &Transaction<'_>) -> Result<(), MigrationError> {
    migrate_within(transaction, COMPONENT, STEPS)
}

/// Creates the tables of `version` (of the latest version if there is no such version yet), to compare them
/// with the tables of an older file.
///
/// # Errors
/// As for [`migrate`].
pub fn prepare_version(connection: &mut Connection, version: usize) -> Result<(), MigrationError> {
    migrate(connection, COMPONENT, STEPS.get(..version).unwrap_or(STEPS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Page, Search, fixture, index_pending, page, search};

    #[test]
    fn a_file_from_before_search_is_brought_up_to_date() {
        let mut connection = crate::open_in_memory().unwrap();
        migrate(&mut connection, "history", &STEPS[..1]).unwrap();
        connection
            .execute_batch(
                "INSERT INTO messages VALUES(7, 1, 1000, 'NOTICE', 'a!a@host', 'a', 'good morning', NULL)",
            )
            .unwrap();

        prepare(&mut connection).unwrap();
        let kept = page(&connection, fixture::RUST, Page::Latest { after: None }, 10).unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!(index_pending(&mut connection, 10).unwrap(), 1);
        let morning = Search { conversation: None, words: "morning".to_owned(), before: None, limit: 10 };
        assert_eq!(search(&connection, &morning).unwrap(), kept);
    }

    #[test]
    fn tables_of_others_in_the_file_do_not_matter() {
        let mut connection = crate::open_in_memory().unwrap();
        migrate(&mut connection, "parlad", &["CREATE TABLE accounts(name TEXT)"]).unwrap();
        prepare(&mut connection).unwrap();
        prepare(&mut connection).unwrap();
    }
}
