//! Reads history for sessions, on a thread and a connection of its own, and gives it back to the hub.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    thread,
};

use parla_history::{Bound, ConversationId, HistoryError, Kind, Message, MessageNumber};
use parla_server::{ConnectionId, Input, Page, Position, Query, QueryResult, Spoken, Verb};
use rusqlite::Connection;
use tokio::sync::mpsc::Sender;

use crate::{database, hub::HubInput};

/// Starts the thread. It ends with the sender. Each session has at most one question under way, so the queue is bounded.
pub(crate) fn start(
    data_dir: &Path,
    hub: Sender<HubInput>,
) -> io::Result<mpsc::Sender<(ConnectionId, Query)>> {
    let (sender, receiver) = mpsc::channel::<(ConnectionId, Query)>();
    let path: PathBuf = database::path(data_dir);
    thread::Builder::new().name("query".to_owned()).spawn(move || {
        let mut reader: Option<Connection> = None;
        for (connection, query) in receiver {
            let result = answer(&mut reader, &path, &query);
            if hub.blocking_send(HubInput::Server(Input::QueryResult { connection, result })).is_err() {
                return;
            }
        }
    })?;
    Ok(sender)
}

/// The answer, or nothing if the file cannot be read; then it is opened anew the next time.
fn answer(reader: &mut Option<Connection>, path: &Path, query: &Query) -> Option<QueryResult> {
    if reader.is_none() {
        match parla_history::open_reader(path) {
            Ok(opened) => *reader = Some(opened),
            Err(error) => tracing::error!(%error, "cannot open the history for reading"),
        }
    }
    let result = read(reader.as_ref()?, query);
    match result {
        Ok(result) => Some(result),
        Err(error) => {
            tracing::error!(%error, "cannot read the history");
            *reader = None;
            None
        }
    }
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
