//! One moment of the file: statements that must agree with each other read it in one transaction.
//!
//! Indexing may be committed between any two statements, and a message then moves from the tail to the index.

use rusqlite::Connection;

use crate::HistoryError;

/// As long as it lasts, its connection reads the file as it was at the first statement. Within a transaction of the
/// caller it does nothing, as that has a moment of its own.
pub(crate) struct Moment<'c> {
    /// The connection whose transaction ends with this value.
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
            // Nothing was written; this only lets go, and it cannot fail where COMMIT could.
            let _ = connection.prepare_cached("ROLLBACK").and_then(|mut end| end.execute([]));
        }
    }
}
