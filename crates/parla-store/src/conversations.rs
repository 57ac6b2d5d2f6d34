//! The table of conversations, which gives each the number under which its messages are stored.
//!
//! A room has the number of the entry that created it, and two accounts have that of the first message that
//! was stored between them. An entry does only one of these things, so no two conversations have the same
//! number, and all machines that read the same log assign the same numbers.

use parla_history::ConversationId;
use parla_server::Conversation;
use rusqlite::{Connection, OptionalExtension as _, Transaction};

use crate::accounts;

/// The number of a conversation; `None` for two accounts between whom nothing was ever stored.
pub(crate) fn number(
    connection: &Connection,
    conversation: &Conversation,
) -> Result<Option<ConversationId>, rusqlite::Error> {
    let pair = match conversation {
        Conversation::Channel(channel) => return Ok(Some(ConversationId(channel.number().cast_signed()))),
        Conversation::Accounts(pair) => pair.ids().map(accounts::row_id),
    };
    let sql = "SELECT id FROM conversations WHERE account = ?1 AND other_account = ?2";
    connection.prepare_cached(sql)?.query_row(pair, |row| row.get(0)).optional()
}

/// The number of a conversation in which the message numbered `seq` is being stored. If it is the first
/// between two accounts, they get its number.
pub(crate) fn number_for(
    transaction: &Transaction<'_>,
    conversation: &Conversation,
    seq: u64,
) -> Result<ConversationId, rusqlite::Error> {
    if let Some(number) = number(transaction, conversation)? {
        return Ok(number);
    }
    let id = ConversationId(seq.cast_signed());
    if let Conversation::Accounts(pair) = conversation {
        let [account, other] = pair.ids().map(accounts::row_id);
        let sql =
            "INSERT INTO conversations(id, kind, account, other_account) VALUES(?1, 'accounts', ?2, ?3)";
        transaction.prepare_cached(sql)?.execute((id, account, other))?;
    }
    Ok(id)
}

/// Adds a room, which is stored from now on.
pub(crate) fn add_room(transaction: &Transaction<'_>, id: i64) -> Result<(), rusqlite::Error> {
    let sql = "INSERT INTO conversations(id, kind) VALUES(?1, 'room') ON CONFLICT(id) DO NOTHING";
    transaction.prepare_cached(sql)?.execute([id])?;
    Ok(())
}

/// Removes a room that no longer exists.
pub(crate) fn remove_room(transaction: &Transaction<'_>, id: i64) -> Result<(), rusqlite::Error> {
    let sql = "DELETE FROM conversations WHERE id = ?1 AND kind = 'room'";
    transaction.prepare_cached(sql)?.execute([id])?;
    Ok(())
}

/// Makes the rooms in the table match the stored channels, for files from before the table existed and for
/// damaged ones.
pub(crate) fn rewrite_rooms(transaction: &Transaction<'_>) -> Result<(), rusqlite::Error> {
    transaction.execute_batch(
        "DELETE FROM conversations WHERE kind = 'room' AND id NOT IN (SELECT id FROM channels);
         INSERT INTO conversations(id, kind) SELECT id, 'room' FROM channels WHERE true ON CONFLICT(id) DO NOTHING;",
    )
}

#[cfg(test)]
mod tests {
    use parla_proto::{ChannelName, Timestamp};
    use parla_server::{
        AccountId, AccountPair, Change, ChannelId, ChannelState, Flags, Floor, Page, Query, QueryResult,
        Settings,
    };

    use super::*;
    use crate::{Tables, fixture::said};

    const ALICE: u64 = 1;
    const BOB: u64 = 2;

    fn pair(one: u64, other: u64) -> Conversation {
        let [one, other] = [one, other].map(AccountId::from_number);
        Conversation::Accounts(AccountPair::new(one, other))
    }

    fn numbers(tables: &Tables, conversation: &Conversation) -> Vec<u64> {
        let (conversation, floor) = (conversation.clone(), Floor::default());
        let query = Query::History { conversation, floor, page: Page::Latest(None), limit: 9 };
        match tables.answer(&query).unwrap() {
            QueryResult::History(found) => found.iter().map(|spoken| spoken.seq).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn rows(tables: &Tables) -> Vec<(i64, String, Option<i64>, Option<i64>)> {
        let mut statement = tables.connection.prepare("SELECT * FROM conversations ORDER BY id").unwrap();
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        statement.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn two_accounts_have_the_number_of_their_first_message() {
        let mut tables = Tables::in_memory().unwrap();
        let room = ChannelName::parse("#rust", &Settings::named("a.b").network.name_rules()).unwrap();
        let room = ChannelState::new(ChannelId::from_number(3), room, Timestamp::default(), Flags::empty());
        let notes = pair(BOB, BOB);
        let changes = [
            Change::Channel(Box::new(room.clone())),
            said(4, room.conversation()),
            said(5, pair(ALICE, BOB)),
            said(6, pair(BOB, ALICE)),
            said(7, notes.clone()),
        ];
        tables.commit(&changes).unwrap();
        tables.commit(&[said(8, pair(ALICE, BOB))]).unwrap();
        let accounts =
            |id, one: u64| (id, "accounts".to_owned(), Some(one.cast_signed()), Some(BOB.cast_signed()));
        assert_eq!(rows(&tables), [(3, "room".to_owned(), None, None), accounts(5, ALICE), accounts(7, BOB)]);
        assert_eq!(numbers(&tables, &pair(ALICE, BOB)), [5, 6, 8]);
        assert_eq!(numbers(&tables, &notes), [7]);
        assert_eq!(numbers(&tables, &pair(ALICE, 9)), [0; 0]);
        let times = tables.answer(&Query::LatestTimes {
            conversations: [notes, pair(ALICE, 9)].map(|one| (one, Floor::default())).to_vec(),
        });
        assert_eq!(times.unwrap(), QueryResult::LatestTimes(vec![Some(Timestamp::from_millis(7)), None]));
    }

    #[test]
    fn a_message_is_taken_back_from_its_own_conversation_only() {
        let mut tables = Tables::in_memory().unwrap();
        let (ours, others) = (pair(ALICE, 9), pair(ALICE, 3));
        tables.commit(&[said(5, ours.clone()), said(6, ours.clone())]).unwrap();
        let redacted =
            |conversation: &Conversation| Change::Redacted { conversation: conversation.clone(), seq: 5 };
        tables
            .commit(&[redacted(&others), redacted(&Conversation::Channel(ChannelId::from_number(7)))])
            .unwrap();
        assert_eq!(numbers(&tables, &ours), [5, 6]);
        tables.commit(&[redacted(&ours)]).unwrap();
        assert_eq!(numbers(&tables, &ours), [6]);
        // Their conversation keeps its number.
        tables.commit(&[said(9, ours.clone())]).unwrap();
        assert_eq!(numbers(&tables, &ours), [6, 9]);
        assert_eq!(rows(&tables).len(), 1);
    }
}
