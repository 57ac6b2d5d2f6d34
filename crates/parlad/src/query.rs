//! Reads history for sessions, on a thread and a connection of its own, and gives it back to the hub.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
};

use parla_history::{Bound, ConversationId, HistoryError, Kind, Message, MessageNumber};
use parla_server::{ConnectionId, Input, Page, Position, Query, QueryResult, Spoken, Verb};
use rusqlite::Connection;
use tokio::sync::mpsc::Sender;

use crate::{
    database::{self, DatabaseError},
    health::{Failures, Health},
    net::hub_input::HubInput,
};

/// The connection that reads. It is closed before the database is, so that the one file that is left has everything.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
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
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self { data_dir: data_dir.to_owned(), slot: Arc::new(Mutex::new(Slot::Unopened)) }
    }

    /// Closes it for good, after the question that is being answered.
    pub(crate) fn close(&self) {
        *self.slot() = Slot::Closed;
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer, or nothing if the file cannot be read; then it is opened anew the next time.
    fn answer(&self, query: &Query, failures: &Failures) -> Option<QueryResult> {
        let mut slot = self.slot();
        if matches!(*slot, Slot::Unopened) {
            match parla_history::open_reader(&database::path(&self.data_dir)) {
                Ok(opened) => *slot = Slot::Open(opened),
                Err(error) => {
                    tracing::error!(%error, "cannot open the history for reading");
                    self.report_damage(&error.into(), failures);
                }
            }
        }
        let Slot::Open(connection) = &*slot else { return None };
        match read(connection, query) {
            Ok(result) => Some(result),
            Err(error) => {
                tracing::error!(%error, "cannot read the history");
                *slot = Slot::Unopened;
                self.report_damage(&error.into(), failures);
                None
            }
        }
    }

    fn report_damage(&self, error: &DatabaseError, failures: &Failures) {
        if error.is_damage() {
            database::report_damage(&self.data_dir, &error.to_string(), failures);
        }
    }
}

/// What the thread works with.
pub(crate) struct Questions {
    pub(crate) reader: Reader,
    pub(crate) hub: Sender<HubInput>,
    pub(crate) health: Arc<Health>,
    pub(crate) failures: Failures,
}

/// Starts the thread. It ends with the sender. Each session has at most one question under way, so the queue is bounded.
pub(crate) fn start(questions: Questions) -> io::Result<mpsc::Sender<(ConnectionId, Query)>> {
    let Questions { reader, hub, health, failures } = questions;
    let (sender, receiver) = mpsc::channel::<(ConnectionId, Query)>();
    thread::Builder::new().name("query".to_owned()).spawn(move || {
        for (connection, query) in receiver {
            health.query.begins();
            let result = reader.answer(&query, &failures);
            health.query.ends();
            if hub.blocking_send(HubInput::Server(Input::QueryResult { connection, result })).is_err() {
                return;
            }
        }
    })?;
    Ok(sender)
}

fn read(reader: &Connection, query: &Query) -> Result<QueryResult, HistoryError> {
    match query {
        Query::History { record, page, limit } => {
            let conversation = ConversationId(record.cast_signed());
            let messages = parla_history::page(reader, conversation, page_of(*page), *limit)?;
            Ok(QueryResult::History(messages.into_iter().map(|message| Arc::new(spoken(message))).collect()))
        }
        Query::Message { record, seq } => {
            let (conversation, number) = (ConversationId(record.cast_signed()), MessageNumber(*seq));
            let found = parla_history::message(reader, conversation, number)?;
            Ok(QueryResult::IsThere(found.is_some()))
        }
        Query::LatestTimes { records } => {
            let times = records
                .iter()
                .map(|record| parla_history::latest_at(reader, ConversationId(record.cast_signed())));
            Ok(QueryResult::LatestTimes(times.collect::<Result<_, _>>()?))
        }
    }
}

fn page_of(page: Page) -> parla_history::Page {
    use parla_history::Page as Cut;
    match page {
        Page::Latest(after) => Cut::Latest { after: after.map(bound) },
        Page::Before(at) => Cut::Before(bound(at)),
        Page::After(at) => Cut::After(bound(at)),
        Page::Around(at) => Cut::Around(bound(at)),
        Page::Between(from, to) => Cut::Between(bound(from), bound(to)),
    }
}

const fn bound(position: Position) -> Bound {
    match position {
        Position::Message(seq) => Bound::Id(MessageNumber(seq)),
        Position::Time(time) => Bound::Time(time),
    }
}

fn spoken(message: Message) -> Spoken {
    Spoken {
        seq: message.id.0,
        at: message.at,
        verb: match message.kind {
            Kind::Privmsg => Verb::Privmsg,
            Kind::Notice => Verb::Notice,
        },
        source: message.source,
        account: message.account,
        record: Some(message.conversation.0.cast_unsigned()),
        target: String::new(),
        text: message.text,
        tags: message.tags.unwrap_or_default(),
        cuts: message.cuts,
    }
}
