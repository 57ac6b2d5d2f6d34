//! The tables of this crate, and why they have this form.
//!
//! A commit writes rows in the order they arrive, and nothing else: one page for one message, four for 50. The indexes
//! follow (`index.rs`), a page of them taking the rows of many commits. CPU time per row, of 300,000 messages of 11 words
//! in 50 conversations, on two shared cores:
//!
//! | conversations are indexed            | 1 a commit | 50 a commit | 50 a synced commit | index_pending |
//! |--------------------------------------|-----------:|------------:|-------------------:|--------------:|
//! | at once, index (conversation)        |    10.6 µs |      4.4 µs |   5.6 µs, 48 pages |        3.0 µs |
//! | later, table (conversation, id)      |     6.7 µs |      1.0 µs |    2.1 µs, 4 pages |        4.2 µs |
//!
//! With 200 conversations `index_pending` takes 5.2 µs a row, with 2000 7.5 µs. To write the places of a transaction
//! sorted saved nothing. The full-text index could tell what a conversation has, too: it takes 60 µs to 170 µs for 50
//! places, where the table takes 15 µs.
//!
//! Pages of 1024, 2048, 4096 and 8192 bytes take 5.1, 5.2, 6.5 and 8.3 µs for a commit of one message, and the same for
//! 50 and for indexing; reads prefer larger ones. So they are SQLite's 4096.
//!
//! With 2000 conversations, an index of `messages` cost 6 to 7 µs a row appended, and messages kept in the order of
//! (conversation, id) 12 µs. A time needs no index: it is found by bisection (`page.rs`), as order of ids is order of time.
//!
//! `cuts` has a column of its own: marks inside the text would be read by people and split words of the index. An ordinary
//! message pays a byte for it.
//!
//! `sum` costs five bytes of a row and 0.1 µs. SQLite has checksums for pages, but only by an extension that is not built in.
//!
//! `refers_to` and `edited` are empty in most rows, and then cost a byte of the row each. The index of `refers_to` has no place for
//! such rows. What appending costs did not change by more than two runs differ: 3.8 to 4.9 µs a row, 50 a transaction, and 3.9 to
//! 4.8 µs without them, on a machine that did other things as well.
//!
//! `kind` is text for people who read the file, at 7 bytes of a row's 134.
//!
//! Full text, indexed 1000 rows a transaction:
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
//! `examples/throughput.rs` has more figures, also of reads.
//!
//! Contentless, because what is indexed is not quite the text (`words.rs`), and neither is it kept twice. Deleting is
//! rare and should be final, hence `secure-delete`. Trigrams would find no word of two letters, as most words of
//! Chinese are; `words.rs` finds them, and text that has spaces costs what it did.

use rusqlite::{Connection, Transaction};

use crate::{MigrationError, migrate, migrate_within};

/// The second migration alone makes a full-text index: `tail.rs` has a small one in memory for what is not indexed yet.
pub(crate) const SEARCH: &str = include_str!("../schema/2-search.sql");

/// Whose tables these are in [`migrate`].
pub const COMPONENT: &str = "history";

const STEPS: &[&str] = &[
    include_str!("../schema/1-messages.sql"),
    SEARCH,
    include_str!("../schema/3-cuts.sql"),
    include_str!("../schema/4-forgotten.sql"),
    include_str!("../schema/5-sum.sql"),
    include_str!("../schema/6-references.sql"),
];

/// How many steps there are: the version of a file that is up to date.
pub const VERSION: usize = STEPS.len();

/// Makes the tables of this crate in the file of `connection`, or brings those of an older version up to date.
///
/// # Errors
/// As [`migrate`]; the component is `history`.
pub fn prepare(connection: &mut Connection) -> Result<(), MigrationError> {
    migrate(connection, COMPONENT, STEPS)
}

/// As [`prepare`], within a transaction of the caller.
///
/// # Errors
/// As [`prepare`]; the caller rolls back.
pub fn prepare_within(transaction: &Transaction<'_>) -> Result<(), MigrationError> {
    migrate_within(transaction, COMPONENT, STEPS)
}

/// Makes the tables as version `version` of them had them, or as the last one has them if that is not as far: to compare
/// with the tables of an older file.
///
/// # Errors
/// As [`migrate`].
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
