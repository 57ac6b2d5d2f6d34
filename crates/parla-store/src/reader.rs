//! Reads what is kept, on a connection of its own: the answers to the questions of sessions.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use parla_server::{Query, QueryResult};
use rusqlite::Connection;

use crate::{DatabaseError, database, messages};

/// The connection that reads. It is closed before the database is, so that the one file that is left has everything.
#[derive(Clone, Debug)]
pub struct Reader {
    data_dir: PathBuf,
    slot: Arc<Mutex<Slot>>,
}

#[derive(Debug)]
enum Slot {
    /// It is opened when something is asked.
    Unopened,
    Open(Connection),
    /// The server stops.
    Closed,
}

impl Reader {
    /// A reader of the database in a data directory. It is opened when something is asked.
    pub fn new(data_dir: &Path) -> Self {
        Self { data_dir: data_dir.to_owned(), slot: Arc::new(Mutex::new(Slot::Unopened)) }
    }

    /// The directory whose database it reads.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Closes it for good, after the question that is being answered.
    pub fn close(&self) {
        *self.slot() = Slot::Closed;
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer, or nothing if it is closed.
    ///
    /// # Errors
    /// The file cannot be read; it is opened anew the next time.
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
