//! Converts messages between the state machine and `parla-history`, and answers queries about them. This is
//! the only module that knows both.

use std::sync::Arc;

use parla_history::{Bound, ConversationId, HistoryError, Kind, Message, MessageNumber, Reading, Writer};
use parla_proto::AccountName;
use parla_server::{Conversation, Floor, MessageIds, Page, Position, Query, QueryResult, Spoken, Verb};
use rusqlite::{Connection, Transaction};

use crate::{conversations, keys::find_keys};

/// Stores a message, if it is one to be stored. Returns whether it is.
///
/// # Errors
/// SQLite refuses.
pub(crate) fn keep(
    transaction: &Transaction<'_>,
    writer: &mut Writer<'_>,
    spoken: &Spoken,
) -> Result<bool, HistoryError> {
    let kind = match spoken.verb {
        Verb::Privmsg => Kind::Privmsg,
        Verb::Notice => Kind::Notice,
        Verb::Tagmsg => return Ok(false),
    };
    let Some(conversation) = &spoken.conversation else { return Ok(false) };
    let number = conversations::number_for(transaction, conversation, spoken.seq)?;
    writer.append(&message(spoken, kind, number))
}

fn message(spoken: &Spoken, kind: Kind, conversation: ConversationId) -> Message {
    Message {
        id: MessageNumber(spoken.seq),
        conversation,
        at: spoken.at,
        kind,
        source: spoken.source.clone(),
        account: spoken.account.as_ref().map(ToString::to_string),
        text: spoken.text.clone(),
        tags: Some(spoken.tags.clone()).filter(|tags| !tags.is_empty()),
        cuts: spoken.cuts.clone(),
        refers_to: spoken.refers_to.map(MessageNumber),
        edited: None,
    }
}

/// Fills in references of messages that were stored when only their tags had them. If there is no key yet,
/// there are no messages either.
pub(crate) fn fill_references(transaction: &Transaction<'_>) -> Result<(), rusqlite::Error> {
    let Some(keys) = find_keys(transaction)? else { return Ok(()) };
    let ids = MessageIds::new(&keys.message);
    parla_history::fill_references(transaction, |tags| ids.referred(tags).map(MessageNumber))?;
    Ok(())
}

/// Answers a query about the history.
///
/// # Errors
/// SQLite cannot continue reading.
pub(crate) fn answer(connection: &Connection, query: &Query) -> Result<QueryResult, HistoryError> {
    match query {
        Query::History { conversation, floor, page, limit } => {
            if let Page::Around(Position::Message(seq)) = page
                && !has_message(connection, (conversation, floor), *seq)?
            {
                return Ok(QueryResult::NoSuchMessage);
            }
            let found = match reading(connection, conversation, floor)? {
                Some(reading) => parla_history::page(connection, reading, page_of(*page), *limit)?,
                None => Vec::new(),
            };
            let spoken = found.into_iter().map(|message| Arc::new(spoken(message, conversation)));
            Ok(QueryResult::History(spoken.collect()))
        }
        Query::Message { conversation, floor, seq } => {
            Ok(QueryResult::IsThere(has_message(connection, (conversation, floor), *seq)?))
        }
        Query::LatestTimes { conversations } => {
            let time = |(conversation, floor): &(Conversation, Floor)| match reading(
                connection,
                conversation,
                floor,
            )? {
                Some(reading) => parla_history::latest_at(connection, reading),
                None => Ok(None),
            };
            Ok(QueryResult::LatestTimes(conversations.iter().map(time).collect::<Result<_, _>>()?))
        }
    }
}

/// What may be read of a conversation; `None` if nothing was ever stored in it.
fn reading(
    connection: &Connection,
    conversation: &Conversation,
    floor: &Floor,
) -> Result<Option<Reading>, HistoryError> {
    let Some(conversation) = conversations::number(connection, conversation)? else { return Ok(None) };
    let earlier = floor.entrance.map(|entrance| (MessageNumber(entrance.since), entrance.earlier));
    Ok(Some(Reading { conversation, floor: parla_history::Floor { at: floor.time, earlier } }))
}

/// Whether the message with this number is in what may be read of a conversation.
fn has_message(
    connection: &Connection,
    (conversation, floor): (&Conversation, &Floor),
    seq: u64,
) -> Result<bool, HistoryError> {
    let Some(reading) = reading(connection, conversation, floor)? else { return Ok(false) };
    Ok(parla_history::message(connection, reading, MessageNumber(seq))?.is_some())
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

fn spoken(message: Message, conversation: &Conversation) -> Spoken {
    Spoken {
        seq: message.id.0,
        at: message.at,
        verb: match message.kind {
            Kind::Privmsg => Verb::Privmsg,
            Kind::Notice => Verb::Notice,
        },
        source: message.source,
        // Only manual editing can have put an invalid name there, and it must not make the message
        // unreadable.
        account: message.account.and_then(|account| AccountName::kept(&account).ok()),
        conversation: Some(conversation.clone()),
        target: String::new(),
        text: message.text,
        tags: message.tags.unwrap_or_default(),
        cuts: message.cuts,
        refers_to: message.refers_to.map(|number| number.0),
    }
}

#[cfg(test)]
mod tests {
    use parla_proto::Timestamp;
    use parla_server::ChannelId;

    use super::*;

    #[test]
    fn an_account_that_nobody_can_have_does_not_cost_the_message() {
        for (kept, read) in [(Some("Zoë"), Some("Zoë")), (Some("a b"), None), (Some(""), None), (None, None)]
        {
            let message = Message {
                id: MessageNumber(7),
                conversation: ConversationId(3),
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
            let spoken = spoken(message, &Conversation::Channel(ChannelId::from_number(3)));
            assert_eq!(spoken.account.as_ref().map(AccountName::as_str), read);
            assert_eq!(spoken.text, "hello");
        }
    }
}
