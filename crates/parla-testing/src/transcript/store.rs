//! What the daemon keeps on disk, kept in memory: channels, and messages in the tables of `parla-history`.

use std::{collections::BTreeMap, sync::Arc};

use parla_history::{Bound, ConversationId, Kind, Message, MessageNumber, Writer};
use parla_server::{Change, ChannelState, Page, Position, Query, QueryResult, Spoken, Verb};

use super::error::RunError;

/// Everything that a restart does not lose.
pub(super) struct Store {
    connection: rusqlite::Connection,
    channels: BTreeMap<u64, ChannelState>,
}

impl Store {
    pub(super) fn new() -> Result<Self, RunError> {
        let mut connection = parla_history::open_in_memory()?;
        parla_history::prepare(&mut connection)?;
        Ok(Self { connection, channels: BTreeMap::new() })
    }

    /// Keeps changes, in one transaction as the daemon does.
    pub(super) fn keep(&mut self, changes: Vec<Change>) -> Result<(), RunError> {
        let transaction = self.connection.transaction()?;
        let mut writer = Writer::new(&transaction)?;
        for change in changes {
            match change {
                Change::Message(spoken) => {
                    if let Some(message) = message(&spoken) {
                        writer.append(&message)?;
                    }
                }
                Change::Redacted { record, seq } => {
                    writer.delete(conversation(record), MessageNumber(seq))?;
                }
                Change::Channel(state) => {
                    self.channels.insert(state.record, *state);
                }
                Change::Occupancy { record, empty_since } => {
                    if let Some(state) = self.channels.get_mut(&record) {
                        state.empty_since = empty_since;
                    }
                }
                Change::ChannelForgotten { record } => {
                    self.channels.remove(&record);
                    writer.forget(conversation(record))?;
                }
            }
        }
        drop(writer);
        transaction.commit()?;
        while parla_history::forget_pending(&mut self.connection, usize::MAX)? {}
        Ok(())
    }

    pub(super) fn channels(&self) -> Vec<ChannelState> {
        self.channels.values().cloned().collect()
    }

    pub(super) fn answer(&self, query: &Query) -> Result<QueryResult, RunError> {
        Ok(match query {
            Query::History { record, page, limit } => {
                let found = parla_history::page(&self.connection, conversation(*record), cut(*page), *limit)?;
                QueryResult::History(found.into_iter().map(|message| Arc::new(spoken(message))).collect())
            }
            Query::Message { record, seq } => {
                let number = MessageNumber(*seq);
                let found = parla_history::message(&self.connection, conversation(*record), number)?;
                QueryResult::IsThere(found.is_some())
            }
            Query::LatestTimes { records } => {
                let times = records
                    .iter()
                    .map(|record| parla_history::latest_at(&self.connection, conversation(*record)));
                QueryResult::LatestTimes(times.collect::<Result<_, _>>()?)
            }
        })
    }
}

fn conversation(record: u64) -> ConversationId {
    ConversationId(i64::try_from(record).unwrap_or(i64::MAX))
}

fn bound(position: Position) -> Bound {
    match position {
        Position::Message(seq) => Bound::Id(MessageNumber(seq)),
        Position::Time(at) => Bound::Time(at),
    }
}

fn cut(page: Page) -> parla_history::Page {
    match page {
        Page::Latest(after) => parla_history::Page::Latest { after: after.map(bound) },
        Page::Before(position) => parla_history::Page::Before(bound(position)),
        Page::After(position) => parla_history::Page::After(bound(position)),
        Page::Around(position) => parla_history::Page::Around(bound(position)),
        Page::Between(from, to) => parla_history::Page::Between(bound(from), bound(to)),
    }
}

/// A message as it is kept; none for what is not.
fn message(spoken: &Spoken) -> Option<Message> {
    let kind = match spoken.verb {
        Verb::Privmsg => Kind::Privmsg,
        Verb::Notice => Kind::Notice,
        Verb::Tagmsg => return None,
    };
    Some(Message {
        id: MessageNumber(spoken.seq),
        conversation: conversation(spoken.record?),
        at: spoken.at,
        kind,
        source: spoken.source.clone(),
        account: spoken.account.clone(),
        text: spoken.text.clone(),
        tags: Some(spoken.tags.clone()).filter(|tags| !tags.is_empty()),
        cuts: spoken.cuts.clone(),
    })
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
        record: u64::try_from(message.conversation.0).ok(),
        target: String::new(),
        text: message.text,
        tags: message.tags.unwrap_or_default(),
        cuts: message.cuts,
    }
}
