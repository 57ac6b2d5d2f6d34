//! The rows of channels: everything that a restart must not lose of them.

use std::collections::BTreeMap;

use parla_proto::{
    ChannelName, Timestamp, extban::ListMask, metadata::Key, mode::ChannelMode, name::NameRules,
};
use parla_server::{ChannelState, Flags, ListEntry, Topic};
use rusqlite::{Connection, Row, Transaction, params};

use crate::DatabaseError;

/// The channels as they were kept. Those whose names the rules no longer allow are left alone.
pub(crate) fn read(connection: &Connection, rules: &NameRules) -> Result<Vec<ChannelState>, DatabaseError> {
    let mut statement = connection.prepare("SELECT * FROM channels ORDER BY id")?;
    let rows = statement.query_map([], |row| channel(row, rules))?;
    let mut channels = Vec::new();
    for row in rows {
        let Some(mut state) = row? else { continue };
        read_lists(connection, &mut state)?;
        state.metadata = metadata(connection, state.record)?;
        channels.push(state);
    }
    Ok(channels)
}

fn channel(row: &Row<'_>, rules: &NameRules) -> Result<Option<ChannelState>, rusqlite::Error> {
    let name: String = row.get("name")?;
    let Ok(name) = ChannelName::parse(&name, rules) else {
        tracing::warn!(
            name,
            "a kept channel has a name that the configuration does not allow; it is left alone"
        );
        return Ok(None);
    };
    let topic: Option<String> = row.get("topic")?;
    let setter: Option<String> = row.get("topic_setter")?;
    let topic_at: Option<i64> = row.get("topic_at")?;
    let modes: String = row.get("modes")?;
    let forward: Option<String> = row.get("forward")?;
    let record = row.get::<_, i64>("id")?.cast_unsigned();
    let created_at = Timestamp::from_millis(row.get("created_at")?);
    let flags = Flags::from_letters(&modes).unwrap_or_default();
    Ok(Some(ChannelState {
        topic: topic.zip(setter).zip(topic_at).map(|((text, setter), at)| Topic {
            text,
            setter,
            at: Timestamp::from_millis(at),
        }),
        key: row.get("key")?,
        limit: row.get("member_limit")?,
        forward: forward.and_then(|name| ChannelName::parse(&name, rules).ok()),
        empty_since: row.get::<_, Option<i64>>("empty_since")?.map(Timestamp::from_millis),
        ..ChannelState::new(record, name, created_at, flags)
    }))
}

/// Reads the lists of a channel. What this version cannot read of them is left out.
fn read_lists(connection: &Connection, state: &mut ChannelState) -> Result<(), DatabaseError> {
    let sql = "SELECT mode, mask, setter, set_at FROM channel_masks WHERE channel = ?1 ORDER BY place, set_at, mask";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([state.record.cast_signed()])?;
    while let Some(row) = rows.next()? {
        let (mode, mask): (String, String) = (row.get(0)?, row.get(1)?);
        let mode = mode.chars().next().and_then(ChannelMode::from_letter);
        let list = mode.and_then(|facts| state.list_mut(facts.mode));
        let (Some(list), Ok(mask)) = (list, ListMask::parse(&mask)) else {
            tracing::warn!(channel = %state.name, mask, "a kept entry of a list means nothing; it is left out");
            continue;
        };
        // An earlier version kept some hosts as nicks; completed, one may be in the list already.
        if list.iter().all(|entry| entry.mask != mask) {
            list.push(ListEntry { mask, setter: row.get(2)?, at: Timestamp::from_millis(row.get(3)?) });
        }
    }
    Ok(())
}

/// The values of a channel. Keys that are none any more are left alone until the channel is kept again.
fn metadata(connection: &Connection, record: u64) -> Result<BTreeMap<Key, String>, DatabaseError> {
    let sql = "SELECT key, value FROM channel_metadata WHERE channel = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([record.cast_signed()], |row| {
        let key: String = row.get(0)?;
        Ok(Key::parse(&key).ok().zip(Some(row.get(1)?)))
    })?;
    Ok(rows.filter_map(Result::transpose).collect::<Result<_, _>>()?)
}

/// Keeps all of a channel, in place of what was kept of it.
pub(crate) fn keep(transaction: &Transaction<'_>, state: &ChannelState) -> Result<(), rusqlite::Error> {
    let record = state.record.cast_signed();
    transaction.execute("DELETE FROM channels WHERE id = ?1", [record])?;
    let topic = state.topic.as_ref();
    transaction.execute(
        "INSERT INTO channels (id, name, created_at, topic, topic_setter, topic_at, modes, key, member_limit, forward, empty_since)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            record,
            state.name.as_str(),
            state.created_at.as_millis(),
            topic.map(|topic| &topic.text),
            topic.map(|topic| &topic.setter),
            topic.map(|topic| topic.at.as_millis()),
            state.flags.letters(),
            state.key,
            state.limit,
            state.forward.as_ref().map(ChannelName::as_str),
            state.empty_since.map(Timestamp::as_millis),
        ],
    )?;
    for (mode, entries) in state.lists() {
        let letter = mode.letter().to_string();
        for (place, entry) in (0_i64..).zip(entries) {
            transaction.execute(
                "INSERT INTO channel_masks (channel, mode, mask, setter, set_at, place) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![record, letter, entry.mask.to_string(), entry.setter, entry.at.as_millis(), place],
            )?;
        }
    }
    for (key, value) in &state.metadata {
        let row = params![record, key.as_str(), value];
        transaction.execute("INSERT INTO channel_metadata VALUES (?1, ?2, ?3)", row)?;
    }
    Ok(())
}
