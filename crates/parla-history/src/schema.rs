//! The tables of this crate, and why they have this form.
//!
//! Measured on two shared cores, 500,000 messages of 10 words in batches of 50, CPU time per row appended:
//!
//! | form of `messages`              | 20 conversations | 2000 conversations | 50 before a random id |
//! |---------------------------------|-----------------:|-------------------:|----------------------:|
//! | no index                        |          0.94 µs |            0.94 µs |                       |
//! | rowid, index (conversation)     |          2.26 µs |            6.03 µs |              52–79 µs |
//! | rowid, index (conversation, id) |          2.38 µs |            6.57 µs |              54–73 µs |
//! | rowid, index (conversation, at) |          2.66 µs |            7.39 µs |              56–82 µs |
//! | WITHOUT ROWID (conversation, id)|          3.77 µs |           12.03 µs |              14–16 µs |
//!
//! So rows lie in the order they arrive, the smallest index finds those of a conversation, and a time is found by
//! bisection (`page.rs`): order of ids is order of time.
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
//! The rest of the figures comes from `examples/throughput.rs`. With a million messages in 200 conversations, rows a
//! second and CPU time a row: appended and synced 3,700 and 89 µs one by one, 107,000 and 5.4 µs by 50, 306,000 and
//! 2.7 µs by 1000; without sync 64,000 and 11 µs one by one, 143,000 and 4.7 µs by 50; indexed 148,000 and 4.6 µs.
//!
//! Contentless, because what is indexed is not quite the text (`words.rs`), and neither is it kept twice. Deleting is
//! rare and should be final, hence `secure-delete`. Trigrams would find no word of two letters, as most words of
//! Chinese are; `words.rs` finds them, and text that has spaces costs what it did.

use rusqlite::Connection;

use crate::{MigrationError, migrate};

/// The second migration alone makes an index: `search.rs` has a small one in memory for what is not indexed yet.
pub(crate) const SEARCH: &str = include_str!("../schema/2-search.sql");

const STEPS: &[&str] = &[include_str!("../schema/1-messages.sql"), SEARCH];

/// Makes the tables of this crate in the file of `connection`, or brings those of an older version up to date.
///
/// # Errors
/// As [`migrate`]; the component is `history`.
pub fn prepare(connection: &mut Connection) -> Result<(), MigrationError> {
    migrate(connection, "history", STEPS)
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
