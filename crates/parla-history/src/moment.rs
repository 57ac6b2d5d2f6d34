//! Reads one state of the file: statements that must agree with each other share one transaction.
//!
//! Indexing may be committed between any two statements, which moves messages from the tail to the index.

use rusqlite::Connection;

use crate::HistoryError;

/// As long as this value exists, its connection reads the file as it was at the first statement. Within a
/// transaction of the caller it does nothing, because that already has this effect.
pub(crate) struct Moment<'c> {
    /// The connection whose transaction this value ends.
    begun: Option<&'c Connection>,
}

impl<'c> Moment<'c> {
    pub(crate) fn of(connection: &'c Connection) -> Result<Self, HistoryError> {
        if !connection.is_autocommit() {
            return Ok(Self { begun: None });
        }
        connection.prepare_cached("BEGIN")?.execute([])?;
        Ok(Self { begun: Some(connection) })
    }
}

impl Drop for Moment<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.begun {
            // Nothing was written, so this only ends the transaction; unlike COMMIT, it cannot fail.
            let _ = connection.prepare_cached("ROLLBACK").and_then(|mut end| end.execute([]));
        }
    }
}
