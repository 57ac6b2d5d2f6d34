//! Reads the history for sessions, through a database connection of its own.

use parla_server::{Query, QueryResult};
use parla_store::Reader;

use crate::health::Failures;

/// What a worker reads with.
pub(super) struct History {
    pub(super) reader: Reader,
    pub(super) failures: Failures,
}

impl History {
    /// The answer, or `None` if the store cannot be read.
    pub(super) fn answer(&self, query: &Query) -> Option<QueryResult> {
        match self.reader.answer(query) {
            Ok(result) => result,
            Err(error) => {
                tracing::error!(%error, "cannot read the history");
                if error.is_damage() {
                    let last_words = parla_store::note_damage(self.reader.data_dir(), &error.to_string());
                    self.failures.report(last_words);
                }
                None
            }
        }
    }
}
