//! The rows of channels: everything about them that must survive a restart.

use std::{collections::BTreeMap, time::Duration};

use parla_proto::{
    ChannelName, Timestamp, extban::ListMask, metadata::Key, mode::ChannelMode, name::NameRules,
};
use parla_server::{AccountId, ChannelChange, ChannelId, ChannelState, Flags, ListEntry, Rank, Topic};
use rusqlite::{Connection, Row, ToSql, Transaction, params};

use crate::{DatabaseError, accounts, conversations};

type Channels = BTreeMap<ChannelId, ChannelState>;

/// The stored channels. Those whose names the rules no longer allow are skipped.
pub(crate) fn read(connection: &Connection, rules: &NameRules) -> Result<Vec<ChannelState>, DatabaseError> {
    let mut statement = connection.prepare("SELECT * FROM channels ORDER BY id")?;
    let rows = statement.query_map([], |row| channel(row, rules))?;
    let mut channels = Channels::new();
    for row in rows {
        channels.extend(row?.map(|state| (state.id, state)));
    }
    // Each table is read once: there may be many channels.
    read_lists(connection, &mut channels)?;
    read_metadata(connection, &mut channels)?;
    read_access(connection, &mut channels)?;
    Ok(channels.into_values().collect())
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
    let id = ChannelId::from_number(row.get::<_, i64>("id")?.cast_unsigned());
    let created_at = Timestamp::from_millis(row.get("created_at")?);
    let flags = Flags::from_letters(&modes).unwrap_or_default();
    let retain: Option<i64> = row.get("retain_seconds")?;
    let newcomers_read: Option<i64> = row.get("newcomers_read")?;
    let account = |column| -> Result<_, rusqlite::Error> {
        let number: Option<i64> = row.get(column)?;
        Ok(number.map(|number| AccountId::from_number(number.cast_unsigned())))
    };
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
        owner: account("owner")?,
        offered_to: account("offered_to")?,
        // A number that makes no sense lets newcomers read nothing, and has messages kept as all others.
        retain: retain.and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs),
        newcomers_read: newcomers_read.map(|count| u32::try_from(count).unwrap_or_default()),
        ..ChannelState::new(id, name, created_at, flags)
    }))
}

/// A duration as it is stored.
fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

/// The row id of a channel.
pub(crate) const fn row_id(channel: ChannelId) -> i64 {
    channel.number().cast_signed()
}

/// The channel that a row belongs to, whose number is in its first column.
fn of_row<'c>(
    row: &Row<'_>,
    channels: &'c mut Channels,
) -> Result<Option<&'c mut ChannelState>, rusqlite::Error> {
    Ok(channels.get_mut(&ChannelId::from_number(row.get::<_, i64>(0)?.cast_unsigned())))
}

/// Reads the lists of channels. Masks that this version cannot parse are skipped.
fn read_lists(connection: &Connection, channels: &mut Channels) -> Result<(), DatabaseError> {
    let sql =
        "SELECT channel, mode, mask, setter, set_at FROM channel_masks ORDER BY channel, place, set_at, mask";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Some(state) = of_row(row, channels)? else { continue };
        let (mode, mask): (String, String) = (row.get(1)?, row.get(2)?);
        let mode = mode.chars().next().and_then(ChannelMode::from_letter);
        let name = state.name.clone();
        let list = mode.and_then(|facts| state.list_mut(facts.mode));
        let (Some(list), Ok(mask)) = (list, ListMask::parse(&mask)) else {
            tracing::warn!(channel = %name, mask, "a kept entry of a list means nothing; it is left out");
            continue;
        };
        // Two texts can mean the same mask if somebody has edited the file by hand.
        if list.iter().all(|entry| entry.mask != mask) {
            list.push(ListEntry { mask, setter: row.get(3)?, at: Timestamp::from_millis(row.get(4)?) });
        }
    }
    Ok(())
}

/// Reads the METADATA values of channels. Invalid keys are skipped, and remain in the file until the channel is
/// stored again.
fn read_metadata(connection: &Connection, channels: &mut Channels) -> Result<(), DatabaseError> {
    let mut statement = connection.prepare("SELECT channel, key, value FROM channel_metadata")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (Some(state), key) = (of_row(row, channels)?, row.get::<_, String>(1)?) else { continue };
        if let Ok(key) = Key::parse(&key) {
            state.metadata.insert(key, row.get(2)?);
        }
    }
    Ok(())
}

/// Reads the accounts that channels remember. Letters that give no rank mean a member without one.
fn read_access(connection: &Connection, channels: &mut Channels) -> Result<(), DatabaseError> {
    let mut statement = connection.prepare("SELECT channel, account, modes, since FROM channel_access")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Some(state) = of_row(row, channels)? else { continue };
        let account = AccountId::from_number(row.get::<_, i64>(1)?.cast_unsigned());
        let rank = row.get_ref(2)?.as_str().ok().and_then(Rank::from_letters);
        if rank.is_none() {
            tracing::warn!(channel = %state.name, "the kept ranks of an account mean nothing; it has none");
        }
        state.access.insert(account, rank.unwrap_or_default());
        state.member_since.insert(account, row.get::<_, i64>(3)?.cast_unsigned());
    }
    Ok(())
}

/// Stores a whole channel, in place of what was stored before.
pub(crate) fn keep(transaction: &Transaction<'_>, state: &ChannelState) -> Result<(), rusqlite::Error> {
    let id = row_id(state.id);
    transaction.execute("DELETE FROM channels WHERE id = ?1", [id])?;
    conversations::add_room(transaction, id)?;
    let sql = "INSERT INTO channels (id, name, created_at, modes, empty_since) VALUES (?1, ?2, ?3, ?4, ?5)";
    transaction.prepare_cached(sql)?.execute(params![
        id,
        state.name.as_str(),
        state.created_at.as_millis(),
        state.flags.letters(),
        state.empty_since.map(Timestamp::as_millis),
    ])?;
    let row = ChannelRow { transaction, id };
    row.set_topic(state.topic.as_ref())?;
    row.set("key", &state.key)?;
    row.set("member_limit", &state.limit)?;
    row.set("forward", &state.forward.as_ref().map(ChannelName::as_str))?;
    row.set("owner", &state.owner.map(accounts::row_id))?;
    row.set("offered_to", &state.offered_to.map(accounts::row_id))?;
    row.set("retain_seconds", &state.retain.map(seconds))?;
    row.set("newcomers_read", &state.newcomers_read)?;
    for (account, rank) in &state.access {
        let since = state.member_since.get(account).copied().unwrap_or_default();
        row.set_access(*account, Some((*rank, since)))?;
    }
    for (mode, entries) in state.lists() {
        for entry in entries {
            row.add_entry(mode, entry)?;
        }
    }
    for (key, value) in &state.metadata {
        row.set_metadata(key, Some(value))?;
    }
    Ok(())
}

/// Stores one change of a channel by writing the one row that it concerns. If the channel is not stored,
/// nothing happens.
pub(crate) fn change(
    transaction: &Transaction<'_>,
    id: ChannelId,
    change: &ChannelChange,
) -> Result<(), rusqlite::Error> {
    let row = ChannelRow { transaction, id: row_id(id) };
    match change {
        ChannelChange::Name(name) => row.set("name", &name.as_str()),
        ChannelChange::Topic(topic) => row.set_topic(topic.as_ref()),
        ChannelChange::Flags(flags) => row.set("modes", &flags.letters()),
        ChannelChange::Key(key) => row.set("key", key),
        ChannelChange::Limit(limit) => row.set("member_limit", limit),
        ChannelChange::Forward(forward) => row.set("forward", &forward.as_ref().map(ChannelName::as_str)),
        ChannelChange::ListEntryAdded { mode, entry } => row.add_entry(*mode, entry),
        ChannelChange::ListEntryRemoved { mode, mask } => row.remove_entry(*mode, mask),
        ChannelChange::Metadata { key, value } => row.set_metadata(key, value.as_deref()),
        ChannelChange::Owner(owner) => row.set("owner", &owner.map(accounts::row_id)),
        ChannelChange::Access { account, rank, since } => {
            row.set_access(*account, rank.map(|rank| (rank, *since)))
        }
        ChannelChange::OfferedTo(account) => row.set("offered_to", &account.map(accounts::row_id)),
        ChannelChange::Retain(retain) => row.set("retain_seconds", &retain.map(seconds)),
        ChannelChange::NewcomersRead(count) => row.set("newcomers_read", count),
        ChannelChange::EmptySince(since) => row.set("empty_since", &since.map(Timestamp::as_millis)),
    }
}

/// The row of a channel, and the rows that belong to it.
struct ChannelRow<'t> {
    transaction: &'t Transaction<'t>,
    id: i64,
}

impl ChannelRow<'_> {
    fn set(&self, column: &'static str, value: &dyn ToSql) -> Result<(), rusqlite::Error> {
        let sql = format!("UPDATE channels SET {column} = ?2 WHERE id = ?1");
        self.transaction.prepare_cached(&sql)?.execute(params![self.id, value])?;
        Ok(())
    }

    fn set_topic(&self, topic: Option<&Topic>) -> Result<(), rusqlite::Error> {
        let sql = "UPDATE channels SET topic = ?2, topic_setter = ?3, topic_at = ?4 WHERE id = ?1";
        self.transaction.prepare_cached(sql)?.execute(params![
            self.id,
            topic.map(|topic| &topic.text),
            topic.map(|topic| &topic.setter),
            topic.map(|topic| topic.at.as_millis()),
        ])?;
        Ok(())
    }

    /// Adds an entry at the end of its list.
    fn add_entry(&self, mode: ChannelMode, entry: &ListEntry) -> Result<(), rusqlite::Error> {
        let sql = "INSERT INTO channel_masks (channel, mode, mask, setter, set_at, place)
            SELECT id, ?2, ?3, ?4, ?5,
                (SELECT coalesce(max(place) + 1, 0) FROM channel_masks WHERE channel = ?1 AND mode = ?2)
            FROM channels WHERE id = ?1 ON CONFLICT DO NOTHING";
        self.transaction.prepare_cached(sql)?.execute(params![
            self.id,
            mode.letter().to_string(),
            entry.mask.to_string(),
            entry.setter,
            entry.at.as_millis(),
        ])?;
        Ok(())
    }

    fn remove_entry(&self, mode: ChannelMode, mask: &ListMask) -> Result<(), rusqlite::Error> {
        let sql = "DELETE FROM channel_masks WHERE channel = ?1 AND mode = ?2 AND mask = ?3";
        let row = params![self.id, mode.letter().to_string(), mask.to_string()];
        self.transaction.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Remembers an account with these ranks, since an entry; or forgets it.
    fn set_access(&self, account: AccountId, rank: Option<(Rank, u64)>) -> Result<(), rusqlite::Error> {
        let (id, account) = (self.id, accounts::row_id(account));
        match rank {
            Some((rank, since)) => {
                let sql = "INSERT OR REPLACE INTO channel_access (channel, account, modes, since)
                    SELECT channels.id, accounts.id, ?3, ?4 FROM channels, accounts
                    WHERE channels.id = ?1 AND accounts.id = ?2";
                let row = params![id, account, rank.letters(), since.cast_signed()];
                self.transaction.prepare_cached(sql)?.execute(row)?;
            }
            None => {
                let sql = "DELETE FROM channel_access WHERE channel = ?1 AND account = ?2";
                self.transaction.prepare_cached(sql)?.execute(params![id, account])?;
            }
        }
        Ok(())
    }

    fn set_metadata(&self, key: &Key, value: Option<&str>) -> Result<(), rusqlite::Error> {
        let (id, key) = (self.id, key.as_str());
        match value {
            Some(value) => {
                let sql =
                    "INSERT OR REPLACE INTO channel_metadata SELECT id, ?2, ?3 FROM channels WHERE id = ?1";
                self.transaction.prepare_cached(sql)?.execute(params![id, key, value])?;
            }
            None => {
                let sql = "DELETE FROM channel_metadata WHERE channel = ?1 AND key = ?2";
                self.transaction.prepare_cached(sql)?.execute(params![id, key])?;
            }
        }
        Ok(())
    }
}

/// Rewrites the masks of lists in the form of this version, so that each can be found by its text. An earlier
/// version stored some hosts as nicks. Invalid and duplicate masks are removed.
pub(crate) fn rewrite_masks(transaction: &Transaction<'_>) -> Result<(), rusqlite::Error> {
    let mut statement = transaction.prepare(
        "SELECT channel, mode, mask, setter, set_at, place FROM channel_masks ORDER BY channel, mode, place, set_at, mask",
    )?;
    let mut changed = Vec::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (channel, mode, mask): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let parsed = ListMask::parse(&mask).ok().map(|mask| mask.to_string());
        if parsed.as_deref() != Some(mask.as_str()) {
            let rest: (String, i64, i64) = (row.get(3)?, row.get(4)?, row.get(5)?);
            changed.push((channel, mode, mask, parsed, rest));
        }
    }
    for (channel, mode, mask, parsed, (setter, at, place)) in changed {
        let sql = "DELETE FROM channel_masks WHERE channel = ?1 AND mode = ?2 AND mask = ?3";
        transaction.execute(sql, params![channel, mode, mask])?;
        let sql = "INSERT INTO channel_masks (channel, mode, mask, setter, set_at, place)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
        if let Some(parsed) = parsed {
            transaction.execute(sql, params![channel, mode, parsed, setter, at, place])?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use parla_history::{Durability, migrate};
    use parla_proto::AccountName;
    use parla_server::{AccountState, Change, NetworkSettings};

    use super::*;
    use crate::{
        Database, Tables, path,
        schema::{COMPONENT, STEPS},
    };

    fn rules() -> NameRules {
        NetworkSettings::named("a.b").name_rules()
    }

    fn name(text: &str) -> ChannelName {
        ChannelName::parse(text, &rules()).unwrap()
    }

    fn entry(mask: &str, at: i64) -> ListEntry {
        ListEntry {
            mask: ListMask::parse(mask).unwrap(),
            setter: "a!b@c".to_owned(),
            at: Timestamp::from_millis(at),
        }
    }

    const ALICE: AccountId = AccountId::from_number(3);
    const BOB: AccountId = AccountId::from_number(4);

    /// The accounts that own and enter the channel.
    fn accounts() -> [Change; 2] {
        [(ALICE, "alice"), (BOB, "bob")].map(|(id, name)| {
            let name = AccountName::kept(name).unwrap();
            Change::Account(Box::new(AccountState::new(id, name, Timestamp::default())))
        })
    }

    /// A channel in which no property is empty.
    fn full() -> ChannelState {
        let at = Timestamp::from_millis(1000);
        ChannelState {
            topic: Some(Topic { text: "tea".to_owned(), setter: "a!b@c".to_owned(), at }),
            key: Some("word".to_owned()),
            limit: Some(5),
            forward: Some(name("#other")),
            bans: vec![entry("bad!*@*", 2000), entry("m:a:worse", 2500)],
            ban_exceptions: vec![entry("!a:*", 3000)],
            invite_exceptions: vec![entry("bad!*@*", 1000), entry("a:friend", 1000)],
            empty_since: Some(at),
            owner: Some(ALICE),
            access: BTreeMap::from([(ALICE, Rank::FOUNDER | Rank::OPERATOR), (BOB, Rank::empty())]),
            member_since: BTreeMap::from([(ALICE, 7), (BOB, 9)]),
            offered_to: Some(BOB),
            retain: Some(Duration::from_secs(86_400)),
            newcomers_read: Some(50),
            metadata: BTreeMap::from([(Key::parse("display-name").unwrap(), "Rust \u{2764}".to_owned())]),
            ..ChannelState::new(
                ChannelId::from_number(7),
                name("#Rust"),
                at,
                Flags::SECRET | Flags::AUDITORIUM,
            )
        }
    }

    /// One change of each kind, and its reversal.
    fn changes() -> Vec<ChannelChange> {
        let topic =
            Topic { text: "new".to_owned(), setter: "a!b@c".to_owned(), at: Timestamp::from_millis(9) };
        let (url, display_name) = (Key::parse("url").unwrap(), Key::parse("display-name").unwrap());
        let (mode, mask) = (ChannelMode::Ban, ListMask::parse("bad!*@*").unwrap());
        vec![
            ChannelChange::Name(name("#rust")),
            ChannelChange::Topic(Some(topic)),
            ChannelChange::Flags(Flags::TOPIC_LOCK),
            ChannelChange::Key(Some("other".to_owned())),
            ChannelChange::Limit(Some(6)),
            ChannelChange::Forward(Some(name("#third"))),
            ChannelChange::Owner(None),
            ChannelChange::Access { account: ALICE, rank: Some(Rank::VOICE), since: 7 },
            ChannelChange::Access { account: BOB, rank: None, since: 9 },
            ChannelChange::Owner(Some(BOB)),
            ChannelChange::Access { account: BOB, rank: Some(Rank::HALF_OPERATOR), since: 12 },
            ChannelChange::OfferedTo(Some(ALICE)),
            ChannelChange::OfferedTo(None),
            ChannelChange::Retain(None),
            ChannelChange::Retain(Some(Duration::from_secs(60))),
            ChannelChange::NewcomersRead(None),
            ChannelChange::NewcomersRead(Some(0)),
            ChannelChange::ListEntryAdded { mode, entry: entry("new!*@*", 1) },
            ChannelChange::ListEntryRemoved { mode, mask: mask.clone() },
            ChannelChange::ListEntryAdded { mode, entry: entry("bad!*@*", 3) },
            ChannelChange::Metadata { key: url, value: Some("https://rust-lang.org".to_owned()) },
            ChannelChange::Metadata { key: display_name.clone(), value: Some("Crabs".to_owned()) },
            ChannelChange::EmptySince(None),
            ChannelChange::Topic(None),
            ChannelChange::Key(None),
            ChannelChange::Limit(None),
            ChannelChange::Forward(None),
            ChannelChange::ListEntryRemoved { mode, mask },
            ChannelChange::Metadata { key: display_name, value: None },
            ChannelChange::EmptySince(Some(Timestamp::from_millis(4))),
        ]
    }

    #[test]
    fn a_channel_comes_back_as_it_was_kept() {
        let folder = tempfile::tempdir().unwrap();
        let mut state = full();
        {
            let mut database = Database::open(folder.path(), Durability::Fsync).unwrap();
            database.commit(&accounts()).unwrap();
            database.commit(&[Change::Channel(Box::new(state.clone()))]).unwrap();
        }
        {
            let mut database = Database::open(folder.path(), Durability::Fsync).unwrap();
            assert_eq!(database.tables().kept(&rules()).unwrap().channels, std::slice::from_ref(&state));
            for change in changes() {
                state.apply(change.clone());
                database
                    .commit(&[Change::ChannelChanged { channel: ChannelId::from_number(7), change }])
                    .unwrap();
            }
        }
        let database = Database::open(folder.path(), Durability::Fsync).unwrap();
        assert_eq!(database.tables().kept(&rules()).unwrap().channels, [state]);
        assert_eq!(database.tables().last_seq().unwrap(), Some(7));
    }

    #[test]
    fn a_change_writes_the_row_that_it_is_about_and_no_other() {
        let mut tables = Tables::in_memory().unwrap();
        let mut state = full();
        for number in 0..50 {
            state.bans.push(entry(&format!("bad{number}!*@*"), 1));
        }
        tables.commit(&accounts()).unwrap();
        tables.commit(&[Change::Channel(Box::new(state.clone()))]).unwrap();
        let rows_written = |tables: &Tables| -> i64 {
            tables.connection.query_row("SELECT total_changes()", [], |row| row.get(0)).unwrap()
        };
        for change in changes() {
            let before = rows_written(&tables);
            tables
                .commit(&[Change::ChannelChanged {
                    channel: ChannelId::from_number(7),
                    change: change.clone(),
                }])
                .unwrap();
            assert_eq!(rows_written(&tables) - before, 1, "{change:?}");
            state.apply(change);
            assert_eq!(tables.kept(&rules()).unwrap().channels, std::slice::from_ref(&state));
        }
    }

    #[test]
    fn a_change_of_a_channel_that_is_not_kept_is_nothing() {
        let mut tables = Tables::in_memory().unwrap();
        for change in changes() {
            tables.commit(&[Change::ChannelChanged { channel: ChannelId::from_number(8), change }]).unwrap();
        }
        assert_eq!(tables.kept(&rules()).unwrap().channels, []);
        let rows = "SELECT (SELECT count(*) FROM channel_masks) + (SELECT count(*) FROM channel_metadata)";
        assert_eq!(tables.connection.query_row(rows, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
    }

    /// A data directory whose tables are at this version and have these rows.
    fn older(steps: usize, rows: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = parla_history::open(&path(folder.path()), Durability::Os).unwrap();
        parla_history::prepare(&mut connection).unwrap();
        migrate(&mut connection, COMPONENT, &STEPS[..steps]).unwrap();
        connection.execute_batch(rows).unwrap();
        folder
    }

    fn bans(database: &Database) -> Vec<String> {
        let channels = database.tables().kept(&rules()).unwrap().channels;
        let [channel] = channels.as_slice() else { panic!("{channels:?}") };
        assert_eq!(channel.forward, None);
        channel.bans.iter().map(|ban| ban.mask.to_string()).collect()
    }

    #[test]
    fn a_file_from_before_forwards_is_brought_up_to_date() {
        let rows = "INSERT INTO channels VALUES (7, '#rust', 1000, NULL, NULL, NULL, 'nt', NULL, NULL, NULL);
            INSERT INTO channel_masks VALUES (7, 'b', 'bad!*@*', 'a!b@c', 2000);
            INSERT INTO channel_masks VALUES (7, 'b', 'm:', 'a!b@c', 3000);";
        let folder = older(1, rows);
        assert_eq!(bans(&Database::open(folder.path(), Durability::Os).unwrap()), ["bad!*@*"]);
    }

    #[test]
    fn hosts_that_were_kept_as_nicks_are_hosts_again() {
        let masks =
            ["a.b.ip!*@*", "*!*@a.b.ip", "*!*@2001:DB8::1", "2001:db8::1!*@*", "#chan!*@*", "x:bob!*@*"];
        let mut rows =
            "INSERT INTO channels (id, name, created_at, modes) VALUES (7, '#rust', 1000, 'nt');".to_owned();
        for (at, mask) in (0_i64..).zip(masks) {
            rows += &format!("INSERT INTO channel_masks VALUES (7, 'b', '{mask}', 'a!b@c', {at}, {at});");
        }
        let folder = older(7, &rows);
        let mut database = Database::open(folder.path(), Durability::Os).unwrap();
        assert_eq!(bans(&database), ["*!*@a.b.ip", "*!*@2001:db8::1"]);
        // An entry that is removed does not come back under another text.
        let mask = ListMask::parse("*!*@a.b.ip").unwrap();
        let change = ChannelChange::ListEntryRemoved { mode: ChannelMode::Ban, mask };
        database.commit(&[Change::ChannelChanged { channel: ChannelId::from_number(7), change }]).unwrap();
        database.close().unwrap();
        let database = Database::open(folder.path(), Durability::Os).unwrap();
        assert_eq!(bans(&database), ["*!*@2001:db8::1"]);
    }
}
