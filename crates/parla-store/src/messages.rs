//! Messages as the state machine has them and as `parla-history` keeps them, and the questions about them. The only place that
//! knows both.

use std::sync::Arc;

use parla_history::{Bound, ConversationId, HistoryError, Kind, Message, MessageNumber};
use parla_proto::AccountName;
use parla_server::{Page, Position, Query, QueryResult, Spoken, Verb};
use rusqlite::Connection;

/// The conversation that a channel's messages are in.
pub(crate) const fn conversation(record: u64) -> ConversationId {
    ConversationId(record.cast_signed())
}

/// A message as it is kept; none for those that are not.
pub(crate) fn message(spoken: &Spoken) -> Option<Message> {
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
        account: spoken.account.as_ref().map(ToString::to_string),
        text: spoken.text.clone(),
        tags: Some(spoken.tags.clone()).filter(|tags| !tags.is_empty()),
        cuts: spoken.cuts.clone(),
        refers_to: None,
        edited: None,
    })
}

/// The answer to a question about the history.
///
/// # Errors
/// SQLite cannot read on.
pub(crate) fn answer(connection: &Connection, query: &Query) -> Result<QueryResult, HistoryError> {
    match query {
        Query::History { record, page, limit } => {
            let messages = parla_history::page(connection, conversation(*record), page_of(*page), *limit)?;
            Ok(QueryResult::History(messages.into_iter().map(|message| Arc::new(spoken(message))).collect()))
        }
        Query::Message { record, seq } => {
            let found = parla_history::message(connection, conversation(*record), MessageNumber(*seq))?;
            Ok(QueryResult::IsThere(found.is_some()))
        }
        Query::LatestTimes { records } => {
            let times =
                records.iter().map(|record| parla_history::latest_at(connection, conversation(*record)));
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
        // A name that nobody can have, as only somebody else's hand has written it there, must not cost the message.
        account: message.account.and_then(|account| AccountName::kept(&account).ok()),
        record: Some(message.conversation.0.cast_unsigned()),
        target: String::new(),
        text: message.text,
        tags: message.tags.unwrap_or_default(),
        cuts: message.cuts,
    }
}

#[cfg(test)]
mod tests {
    use parla_proto::Timestamp;

    use super::*;

    #[test]
    fn an_account_that_nobody_can_have_does_not_cost_the_message() {
        for (kept, read) in [(Some("Zoë"), Some("Zoë")), (Some("a b"), None), (Some(""), None), (None, None)]
        {
            let message = Message {
                id: MessageNumber(7),
                conversation: conversation(3),
                at: Timestamp::default(),
                kind: Kind::Privmsg,
                source: "a!b@c".to_owned(),
                account: kept.map(str::to_owned),
                text: "hello".to_owned(),
                tags: None,
                cuts: Vec::new(),
                refers_to: None,
                edited: None,
            };
            let spoken = spoken(message);
            assert_eq!(spoken.account.as_ref().map(AccountName::as_str), read);
            assert_eq!(spoken.text, "hello");
        }
    }
}
