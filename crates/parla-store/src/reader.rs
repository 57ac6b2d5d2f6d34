//! Answers sessions' queries from the file, on a connection of its own.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use parla_server::{Query, QueryResult};
use rusqlite::Connection;

use crate::{DatabaseError, database, messages};

/// A connection for reading. It must be closed before the database, so that the single file that remains
/// contains everything.
#[derive(Clone, Debug)]
pub struct Reader {
    data_dir: PathBuf,
    slot: Arc<Mutex<Slot>>,
}

#[derive(Debug)]
enum Slot {
    /// It is opened with the first query.
    Unopened,
    Open(Connection),
    /// The server is stopping.
    Closed,
}

impl Reader {
    /// A reader for the database in a data directory. It is opened with the first query.
    pub fn new(data_dir: &Path) -> Self {
        Self { data_dir: data_dir.to_owned(), slot: Arc::new(Mutex::new(Slot::Unopened)) }
    }

    /// The directory whose database it reads.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Closes it for good, after the query that is being answered.
    pub fn close(&self) {
        *self.slot() = Slot::Closed;
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer, or `None` if it is closed.
    ///
    /// # Errors
    /// The file cannot be read; the next query opens it again.
    pub fn answer(&self, query: &Query) -> Result<Option<QueryResult>, DatabaseError> {
        let mut slot = self.slot();
        if matches!(*slot, Slot::Unopened) {
            *slot = Slot::Open(parla_history::open_reader(&database::path(&self.data_dir))?);
        }
        let Slot::Open(connection) = &*slot else { return Ok(None) };
        match messages::answer(connection, query) {
            Ok(result) => Ok(Some(result)),
            Err(error) => {
                *slot = Slot::Unopened;
                Err(error.into())
            }
        }
    }
}
