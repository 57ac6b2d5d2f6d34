//! Reads history for sessions, on a thread of its own, and gives it back to the hub.

use std::{
    io,
    sync::{Arc, mpsc},
    thread,
};

use parla_server::{ConnectionId, Input, Query, QueryResult};
use parla_store::Reader;
use tokio::sync::mpsc::Sender;

use crate::{
    core::hub::HubInput,
    health::{Failures, Health},
};

/// What the thread works with.
pub(crate) struct Questions {
    pub(crate) reader: Reader,
    pub(crate) hub: Sender<HubInput>,
    pub(crate) health: Arc<Health>,
    pub(crate) failures: Failures,
}

/// Starts the thread. It ends with the sender. Each session has at most one question under way, so the queue is bounded.
pub(crate) fn start(questions: Questions) -> io::Result<mpsc::Sender<(ConnectionId, Query)>> {
    let (sender, receiver) = mpsc::channel::<(ConnectionId, Query)>();
    thread::Builder::new().name("query".to_owned()).spawn(move || {
        for (connection, query) in receiver {
            questions.health.query.begins();
            let result = questions.answer(&query);
            questions.health.query.ends();
            let input = HubInput::Server(Input::QueryResult { connection, result });
            if questions.hub.blocking_send(input).is_err() {
                return;
            }
        }
    })?;
    Ok(sender)
}

impl Questions {
    /// The answer, or nothing if the file cannot be read.
    fn answer(&self, query: &Query) -> Option<QueryResult> {
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
