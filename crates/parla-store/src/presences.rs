//! The rows of people who stay present without a connection, which belong to their account.

use std::collections::BTreeMap;

use parla_proto::mode::{UserModeFacts, UserModes, user_letters};
use parla_server::{AccountId, ChannelId, Presence, PresenceChange};
use rusqlite::{Connection, Row, ToSql, Transaction, params};

use crate::{DatabaseError, accounts, channels};

/// As whom the people of all accounts are present. Those that cannot be read are not present.
pub(crate) fn read(connection: &Connection) -> Result<BTreeMap<AccountId, Box<Presence>>, DatabaseError> {
    let mut presences = BTreeMap::new();
    let sql = "SELECT account, nick, user, host, address, realname, away, modes FROM account_presences";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let account = accounts::id(row)?;
        let Some(presence) = presence(row) else {
            let id = account.number();
            tracing::warn!(id, "as whom somebody was present cannot be read; they are not present");
            continue;
        };
        presences.insert(account, Box::new(presence));
    }
    let sql = "SELECT account, channel FROM account_channels ORDER BY account, place, channel";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(presence) = presences.get_mut(&accounts::id(row)?) {
            presence.channels.push(ChannelId::from_number(row.get::<_, i64>(1)?.cast_unsigned()));
        }
    }
    Ok(presences)
}

fn presence(row: &Row<'_>) -> Option<Presence> {
    let text = |column: usize| row.get_ref(column).ok()?.as_str().ok().map(str::to_owned);
    Some(Presence {
        nick: text(1)?,
        user: text(2)?,
        host: text(3)?,
        address: text(4)?.parse().ok()?,
        realname: text(5)?,
        away: text(6),
        modes: text(7).and_then(|letters| modes(&letters)),
        channels: Vec::new(),
    })
}

/// The modes with these letters; `None` if one of them is the letter of none.
fn modes(letters: &str) -> Option<UserModes> {
    letters
        .chars()
        .try_fold(UserModes::empty(), |modes, letter| Some(modes | UserModeFacts::of_letter(letter)?.mode))
}

/// Replaces what is kept of the user of an account, with the channels that they are in. If the account is not
/// stored, nothing happens.
pub(crate) fn set(
    transaction: &Transaction<'_>,
    account: AccountId,
    presence: Option<&Presence>,
) -> Result<(), rusqlite::Error> {
    let id = accounts::row_id(account);
    transaction.prepare_cached("DELETE FROM account_presences WHERE account = ?1")?.execute([id])?;
    let Some(presence) = presence else { return Ok(()) };
    let sql = "INSERT INTO account_presences (account, nick, user, host, address, realname, away, modes)
        SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM accounts WHERE id = ?1";
    let Presence { nick, user, host, address, realname, away, modes, channels } = presence;
    let modes = modes.map(user_letters);
    let row = params![id, nick, user, host, address.to_string(), realname, away, modes];
    if transaction.prepare_cached(sql)?.execute(row)? == 0 {
        return Ok(());
    }
    channels.iter().try_for_each(|channel| enter(transaction, id, *channel))
}

/// Stores one change of what is kept of the user of an account, by writing one row. If they are not stored as
/// present, nothing happens.
pub(crate) fn change(
    transaction: &Transaction<'_>,
    account: AccountId,
    change: &PresenceChange,
) -> Result<(), rusqlite::Error> {
    let id = accounts::row_id(account);
    let set = |column: &str, value: &dyn ToSql| {
        let sql = format!("UPDATE account_presences SET {column} = ?2 WHERE account = ?1");
        transaction.prepare_cached(&sql)?.execute(params![id, value]).map(drop)
    };
    match change {
        PresenceChange::Nick(nick) => set("nick", nick),
        PresenceChange::Host(host) => set("host", host),
        PresenceChange::Realname(realname) => set("realname", realname),
        PresenceChange::Away(away) => set("away", away),
        PresenceChange::Modes(modes) => set("modes", &modes.map(user_letters)),
        PresenceChange::Entered(channel) => enter(transaction, id, *channel),
        PresenceChange::Left(channel) => {
            let sql = "DELETE FROM account_channels WHERE account = ?1 AND channel = ?2";
            transaction.prepare_cached(sql)?.execute([id, channels::row_id(*channel)]).map(drop)
        }
    }
}

/// Adds a channel as the last one that somebody has entered.
fn enter(transaction: &Transaction<'_>, id: i64, channel: ChannelId) -> Result<(), rusqlite::Error> {
    let sql = "INSERT OR IGNORE INTO account_channels (account, channel, place)
        SELECT account, ?2, (SELECT coalesce(max(place) + 1, 0) FROM account_channels WHERE account = ?1)
        FROM account_presences WHERE account = ?1";
    transaction.prepare_cached(sql)?.execute([id, channels::row_id(channel)]).map(drop)
}
