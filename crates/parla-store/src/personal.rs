//! The rows of what an account keeps for its person: how far they have read each conversation, and what they say
//! about themselves.

use std::collections::BTreeMap;

use parla_proto::{Timestamp, metadata::Key};
use parla_server::{AccountId, AccountPair, ChannelId, Conversation, limits::READ_MARKERS_MAX};
use rusqlite::{Connection, Row, Transaction, params};

use crate::{DatabaseError, accounts, channels};

/// What [`read_markers`] finds of one account.
type Markers = BTreeMap<Conversation, Timestamp>;

/// How far the people of all accounts have read. A marker that means nothing is left out: whoever it belonged to
/// reads from the beginning there.
pub(crate) fn read_markers(connection: &Connection) -> Result<BTreeMap<AccountId, Markers>, DatabaseError> {
    let mut statement = connection.prepare("SELECT account, kind, other, read_at FROM account_markers")?;
    let mut rows = statement.query([])?;
    let mut markers: BTreeMap<AccountId, Markers> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let account = accounts::id(row)?;
        let of_account = markers.entry(account).or_default();
        match marker(row, account).filter(|_| of_account.len() < READ_MARKERS_MAX) {
            Some((conversation, at)) => {
                of_account.insert(conversation, at);
            }
            None => {
                let id = account.number();
                tracing::warn!(id, "a read marker of a kept account means nothing; it is left out");
            }
        }
    }
    Ok(markers)
}

fn marker(row: &Row<'_>, account: AccountId) -> Option<(Conversation, Timestamp)> {
    let other = row.get_ref(2).ok()?.as_i64().ok()?.cast_unsigned();
    let conversation = match row.get_ref(1).ok()?.as_str().ok()? {
        ROOM => Conversation::Channel(ChannelId::from_number(other)),
        ACCOUNT => Conversation::Accounts(AccountPair::new(account, AccountId::from_number(other))),
        _ => return None,
    };
    Some((conversation, Timestamp::from_millis(row.get_ref(3).ok()?.as_i64().ok()?)))
}

const ROOM: &str = "room";
const ACCOUNT: &str = "account";

/// Sets how far the person of an account has read a conversation, or removes that. If the account is not stored,
/// nothing happens.
pub(crate) fn set_marker(
    transaction: &Transaction<'_>,
    account: AccountId,
    conversation: &Conversation,
    at: Option<Timestamp>,
) -> Result<(), rusqlite::Error> {
    let id = accounts::row_id(account);
    let (kind, other) = match conversation {
        Conversation::Channel(channel) => (ROOM, channels::row_id(*channel)),
        Conversation::Accounts(pair) => {
            let other = pair.ids().into_iter().find(|other| *other != account).unwrap_or(account);
            (ACCOUNT, accounts::row_id(other))
        }
    };
    match at {
        Some(at) => {
            let sql = "INSERT OR REPLACE INTO account_markers (account, kind, other, read_at)
                SELECT id, ?2, ?3, ?4 FROM accounts WHERE id = ?1";
            transaction.prepare_cached(sql)?.execute(params![id, kind, other, at.as_millis()])?;
        }
        None => {
            let sql = "DELETE FROM account_markers WHERE account = ?1 AND kind = ?2 AND other = ?3";
            transaction.prepare_cached(sql)?.execute(params![id, kind, other])?;
        }
    }
    Ok(())
}

/// What the people of all accounts say about themselves. Invalid keys and values are left out.
pub(crate) fn read_metadata(
    connection: &Connection,
) -> Result<BTreeMap<AccountId, BTreeMap<Key, String>>, DatabaseError> {
    let mut statement = connection.prepare("SELECT account, key, value FROM account_metadata")?;
    let mut rows = statement.query([])?;
    let mut metadata: BTreeMap<AccountId, BTreeMap<Key, String>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let account = accounts::id(row)?;
        let text = |column: usize| row.get_ref(column).ok()?.as_str().ok();
        let key = text(1).and_then(|key| Key::parse(key).ok());
        match key.zip(text(2).filter(|value| !value.is_empty())) {
            Some((key, value)) => {
                metadata.entry(account).or_default().insert(key, value.to_owned());
            }
            None => {
                let id = account.number();
                tracing::warn!(id, "a value of METADATA of a kept account means nothing; it is left out");
            }
        }
    }
    Ok(metadata)
}

/// Sets what the person of an account says about themselves under a key, or removes it. If the account is not
/// stored, nothing happens.
pub(crate) fn set_metadata(
    transaction: &Transaction<'_>,
    account: AccountId,
    key: &Key,
    value: Option<&str>,
) -> Result<(), rusqlite::Error> {
    let (id, key) = (accounts::row_id(account), key.as_str());
    match value {
        Some(value) => {
            let sql = "INSERT OR REPLACE INTO account_metadata (account, key, value)
                SELECT id, ?2, ?3 FROM accounts WHERE id = ?1";
            transaction.prepare_cached(sql)?.execute(params![id, key, value])?;
        }
        None => {
            let sql = "DELETE FROM account_metadata WHERE account = ?1 AND key = ?2";
            transaction.prepare_cached(sql)?.execute(params![id, key])?;
        }
    }
    Ok(())
}

/// Deletes what belongs to accounts that could not be saved from a damaged file, so that it never belongs to
/// another one.
pub(crate) fn delete_of_nobody(transaction: &Transaction<'_>) -> Result<(), rusqlite::Error> {
    for table in ["account_markers", "account_metadata", "account_presences", "account_arrivals"] {
        let sql = format!("DELETE FROM {table} WHERE account NOT IN (SELECT id FROM accounts)");
        transaction.execute(&sql, [])?;
    }
    let sql = "DELETE FROM account_channels WHERE account NOT IN (SELECT account FROM account_presences)";
    transaction.execute(sql, [])?;
    Ok(())
}
