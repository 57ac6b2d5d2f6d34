//! The one file of a server, `parla.db`: messages, kept by `parla-history`, and channels.

mod check;
mod error;
mod inspect;
mod keys;
mod open;
mod salvage;
mod state;
mod wal;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use parla_history::{CHECKPOINT_PAGES, ConversationId, Kind, Message, MessageNumber, Writer};
use parla_proto::{
    ChannelName, Timestamp, extban::ListMask, metadata::Key, mode::ChannelMode, name::NameRules,
};
use parla_server::{Change, ChannelState, Flags, ListEntry, Spoken, Topic, Verb, message_ids};
use rusqlite::{Connection, Row, Transaction, params};

pub(crate) use self::error::{DatabaseError, Patience};
use self::{
    check::Check,
    keys::{Keys, find_keys},
    state::StateFile,
    wal::OpenLog,
};
use crate::{
    health::Failures,
    limits::{FORGET_BYTES_MAX, INDEX_ROWS_MAX},
    net::cloak,
};

/// Whose tables these are in the table of versions.
const COMPONENT: &str = "parlad";

/// The tables of this crate, one step a version.
const STEPS: [&str; 7] = [
    "
    CREATE TABLE channels (
        id INTEGER PRIMARY KEY,             -- messages.conversation
        name TEXT NOT NULL,
        created_at INTEGER NOT NULL,        -- times are milliseconds of UTC
        topic TEXT, topic_setter TEXT, topic_at INTEGER,
        modes TEXT NOT NULL,                -- letters of the modes without a parameter
        key TEXT, member_limit INTEGER,
        keeper TEXT                         -- who may re-enter an empty invite-only channel: nick!user@host
    ) STRICT;
    CREATE TABLE channel_masks (
        channel INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
        mode TEXT NOT NULL,                 -- b
        mask TEXT NOT NULL, setter TEXT NOT NULL, set_at INTEGER NOT NULL,
        PRIMARY KEY (channel, mode, mask)
    ) STRICT, WITHOUT ROWID;
",
    "
    CREATE TABLE secrets (
        name TEXT PRIMARY KEY,              -- cloak, msgid
        value BLOB NOT NULL
    ) STRICT;
",
    // Mode f, a name; modes e and I in channel_masks, too; and the place of an entry in its list.
    "
    ALTER TABLE channels ADD COLUMN forward TEXT;
    ALTER TABLE channel_masks ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
    ",
    "
    CREATE TABLE channel_metadata (
        channel INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
        key TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (channel, key)
    ) STRICT, WITHOUT ROWID;
    ",
    // What is deleted takes its number along; the number must not come back all the same.
    "
    CREATE TABLE numbers_gone (
        one INTEGER PRIMARY KEY CHECK (one = 1),  -- the table has one row
        last INTEGER NOT NULL                     -- no deleted message or channel had a higher number
    ) STRICT;
    INSERT INTO numbers_gone VALUES (1, 0);
    ",
    // A nick, user name and host prove nothing: nobody comes back into a channel by them.
    "ALTER TABLE channels DROP COLUMN keeper",
    // Since when nobody is in it; NULL: somebody is, or was when the server stopped.
    "ALTER TABLE channels ADD COLUMN empty_since INTEGER",
];

/// The writing end of the file.
#[derive(Debug)]
pub(crate) struct Database {
    connection: Connection,
    data_dir: PathBuf,
    /// What is known of the file outside of it.
    state: StateFile,
    /// The log, to read its marks.
    log: OpenLog,
    /// Pages in the log after the last commit.
    log_pages: Arc<AtomicU32>,
    /// Whether the last attempt to bring the log into the database failed; that is said once.
    checkpoint_fails: bool,
    /// Whether the start had no time to read all of the file.
    is_unchecked: bool,
    check: Option<Check>,
    /// Held locked, so that no second server writes to the directory.
    _lock: File,
    /// Messages that the indexes of the history do not have yet; after a start, as if there were one.
    unindexed: usize,
    /// Whether messages of forgotten channels may be in the file; after a start, as if there were some.
    has_forgotten: bool,
}

/// Where in a data directory the file is.
pub(crate) fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("parla.db")
}

/// What lies in a data directory and must be writable if it is there.
pub(crate) fn files(data_dir: &Path) -> [PathBuf; 4] {
    ["parla.db", "parla.db-wal", "parla.db-shm", "parla.lock"].map(|name| data_dir.join(name))
}

impl Database {
    pub(crate) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// The channels as they were kept. Those whose names the rules no longer allow are left alone.
    pub(crate) fn channels(&self, rules: &NameRules) -> Result<Vec<ChannelState>, DatabaseError> {
        let mut statement = self.connection.prepare("SELECT * FROM channels ORDER BY id")?;
        let rows = statement.query_map([], |row| channel(row, rules))?;
        let mut channels = Vec::new();
        for row in rows {
            let Some(mut state) = row? else { continue };
            self.read_lists(&mut state)?;
            state.metadata = self.metadata(state.record)?;
            channels.push(state);
        }
        Ok(channels)
    }

    /// The highest number that a message or a channel has, or had before it was deleted; none if there never was one.
    pub(crate) fn last_seq(&self) -> Result<Option<u64>, DatabaseError> {
        let gone: i64 = self.connection.query_row("SELECT last FROM numbers_gone", [], |row| row.get(0))?;
        let gone = u64::try_from(gone).ok().filter(|gone| *gone > 0);
        Ok(last_number(&self.connection)?.max(gone))
    }

    /// The latest time of anything that was kept, if there is one.
    pub(crate) fn last_time(&self) -> Result<Option<Timestamp>, DatabaseError> {
        // The order of messages is that of their times.
        let sql = "SELECT max(at) FROM (
            SELECT at FROM (SELECT at FROM messages ORDER BY id DESC LIMIT 1)
            UNION ALL SELECT max(created_at) FROM channels UNION ALL SELECT max(topic_at) FROM channels
            UNION ALL SELECT max(empty_since) FROM channels UNION ALL SELECT max(set_at) FROM channel_masks)";
        let last: Option<i64> = self.connection.query_row(sql, [], |row| row.get(0))?;
        Ok(last.map(Timestamp::from_millis))
    }

    /// The key that hides addresses. Bans on hidden addresses need it, so it is here and in every backup.
    pub(crate) fn cloak_key(&self) -> Result<cloak::Key, DatabaseError> {
        Ok(self.keys()?.cloak)
    }

    /// The key that enciphers the ids of messages. Clients keep ids over restarts.
    pub(crate) fn message_key(&self) -> Result<message_ids::Key, DatabaseError> {
        Ok(self.keys()?.message)
    }

    fn keys(&self) -> Result<Keys, DatabaseError> {
        Ok(find_keys(&self.connection)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?)
    }

    /// Keeps changes, all or none, and returns when they are on disk.
    pub(crate) fn commit(&mut self, changes: &[Change]) -> Result<(), DatabaseError> {
        let transaction = self.connection.transaction()?;
        let mut writer = Writer::new(&transaction)?;
        let (mut messages, mut has_forgotten) = (0, false);
        for change in changes {
            match change {
                Change::Message(spoken) => {
                    if let Some(message) = message(spoken) {
                        writer.append(&message)?;
                        messages += 1;
                    }
                }
                Change::Redacted { record, seq } => {
                    if writer.delete(ConversationId(record.cast_signed()), MessageNumber(*seq))? {
                        number_gone(&transaction, seq.cast_signed())?;
                    }
                }
                Change::Channel(state) => keep_channel(&transaction, state)?,
                Change::Occupancy { record, empty_since } => {
                    let sql = "UPDATE channels SET empty_since = ?2 WHERE id = ?1";
                    let row = (record.cast_signed(), empty_since.map(Timestamp::as_millis));
                    transaction.prepare_cached(sql)?.execute(row)?;
                }
                Change::ChannelForgotten { record } => {
                    forget_channel(&transaction, &mut writer, record.cast_signed())?;
                    has_forgotten = true;
                }
            }
        }
        drop(writer);
        transaction.commit()?;
        self.unindexed += messages;
        self.has_forgotten |= has_forgotten;
        self.after_commit();
        Ok(())
    }

    /// Writes down where the log ends now, and brings it into the database when it is long.
    fn after_commit(&mut self) {
        let pages = self.log_pages.load(Ordering::Relaxed);
        match self.log.mark(pages) {
            Ok(mark) => self.state.note(mark),
            Err(error) => tracing::warn!(%error, "cannot read parla.db-wal beside SQLite"),
        }
        if pages < CHECKPOINT_PAGES {
            return;
        }
        let done = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = &done
            && !self.checkpoint_fails
        {
            tracing::warn!(%error, "cannot bring parla.db-wal into parla.db; it grows until that is possible");
        }
        self.checkpoint_fails = done.is_err();
    }

    /// About how many messages the indexes of the history do not have yet.
    pub(crate) const fn unindexed(&self) -> usize {
        self.unindexed
    }

    /// Brings some messages into the indexes of the history.
    ///
    /// # Errors
    /// One that does not pass. After another, it is tried again behind the next message; until then reading takes longer.
    pub(crate) fn index(&mut self) -> Result<(), DatabaseError> {
        match parla_history::index_pending(&mut self.connection, INDEX_ROWS_MAX) {
            Ok(count) => {
                let left = self.unindexed.saturating_sub(count).max(1);
                self.unindexed = if count < INDEX_ROWS_MAX { 0 } else { left };
                if count > 0 {
                    self.after_commit();
                }
            }
            Err(error) => {
                let error = DatabaseError::from(error);
                if error.patience() == Patience::None {
                    return Err(error);
                }
                tracing::warn!(%error, "cannot write the indexes of the history");
                self.unindexed = 0;
            }
        }
        Ok(())
    }

    /// Whether messages of forgotten channels may still be in the file.
    pub(crate) const fn has_forgotten(&self) -> bool {
        self.has_forgotten
    }

    /// Takes some messages of forgotten channels out of the file.
    ///
    /// # Errors
    /// One that does not pass. After another, it is tried again when the next channel is forgotten, or after a start.
    pub(crate) fn forget(&mut self) -> Result<(), DatabaseError> {
        let forgotten = parla_history::forget_pending(&mut self.connection, FORGET_BYTES_MAX);
        match forgotten.map_err(DatabaseError::from) {
            Ok(has_more) => {
                self.has_forgotten = has_more;
                if has_more {
                    self.after_commit();
                }
                Ok(())
            }
            Err(error) if error.patience() == Patience::None => Err(error),
            Err(error) => {
                tracing::warn!(%error, "cannot delete the messages of forgotten channels yet");
                self.has_forgotten = false;
                Ok(())
            }
        }
    }

    /// Reads the lists of a channel. What this version cannot read of them is left out.
    fn read_lists(&self, state: &mut ChannelState) -> Result<(), DatabaseError> {
        let sql = "SELECT mode, mask, setter, set_at FROM channel_masks WHERE channel = ?1 ORDER BY place, set_at, mask";
        let mut statement = self.connection.prepare_cached(sql)?;
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
    fn metadata(&self, record: u64) -> Result<BTreeMap<Key, String>, DatabaseError> {
        let sql = "SELECT key, value FROM channel_metadata WHERE channel = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([record.cast_signed()], |row| {
            let key: String = row.get(0)?;
            Ok(Key::parse(&key).ok().zip(Some(row.get(1)?)))
        })?;
        Ok(rows.filter_map(Result::transpose).collect::<Result<_, _>>()?)
    }
}

/// Makes the tables of the file, or brings them up to date.
fn make_tables(connection: &mut Connection) -> Result<(), DatabaseError> {
    parla_history::prepare(connection)?;
    Ok(parla_history::migrate(connection, COMPONENT, &STEPS)?)
}

/// Whether the tables have the form that this version gives them.
fn is_current(connection: &Connection) -> Result<bool, rusqlite::Error> {
    let has_versions = "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_versions'";
    if connection.query_row(has_versions, [], |row| row.get::<_, i64>(0))? == 0 {
        return Ok(false);
    }
    let sql =
        "SELECT count(*) FROM schema_versions WHERE (component, version) IN (VALUES (?1, ?2), (?3, ?4))";
    let (history, own) = (parla_history::VERSION as i64, STEPS.len() as i64);
    let versions = params![parla_history::COMPONENT, history, COMPONENT, own];
    Ok(connection.query_row(sql, versions, |row| row.get::<_, i64>(0))? == 2)
}

/// Ends the server because of damage. The next start says so before it does anything else.
pub(crate) fn report_damage(data_dir: &Path, found: &str, failures: &Failures) {
    if let Err(error) = fs::write(inspect::note_path(data_dir), format!("{found}\n")) {
        tracing::error!(%error, "cannot write parla.damage");
    }
    failures.report(format!(
        "{} is damaged: {found}. The server ends, so that nothing more is lost; when it is started again it says what to do",
        path(data_dir).display()
    ));
}

/// The number of the last message or channel.
fn last_number(connection: &Connection) -> Result<Option<u64>, rusqlite::Error> {
    let sql =
        "SELECT max(last) FROM (SELECT max(id) AS last FROM messages UNION ALL SELECT max(id) FROM channels)";
    let last: Option<i64> = connection.query_row(sql, [], |row| row.get(0))?;
    Ok(last.and_then(|last| u64::try_from(last).ok()))
}

/// A message as it is kept; none for those that are not.
fn message(spoken: &Spoken) -> Option<Message> {
    let kind = match spoken.verb {
        Verb::Privmsg => Kind::Privmsg,
        Verb::Notice => Kind::Notice,
        Verb::Tagmsg => return None,
    };
    Some(Message {
        id: MessageNumber(spoken.seq),
        conversation: ConversationId(spoken.record?.cast_signed()),
        at: spoken.at,
        kind,
        source: spoken.source.clone(),
        account: spoken.account.clone(),
        text: spoken.text.clone(),
        tags: Some(spoken.tags.clone()).filter(|tags| !tags.is_empty()),
        cuts: spoken.cuts.clone(),
    })
}

fn keep_channel(transaction: &Transaction<'_>, state: &ChannelState) -> Result<(), rusqlite::Error> {
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

/// Deletes a channel. Its messages are not to be had from now on, and are deleted when there is time.
fn forget_channel(
    transaction: &Transaction<'_>,
    writer: &mut Writer<'_>,
    record: i64,
) -> Result<(), DatabaseError> {
    let last: Option<i64> = transaction.query_row("SELECT max(id) FROM messages", [], |row| row.get(0))?;
    number_gone(transaction, last.unwrap_or_default().max(record))?;
    transaction.execute("DELETE FROM channels WHERE id = ?1", [record])?;
    writer.forget(ConversationId(record))?;
    Ok(())
}

/// Notes that a number had a row that is no longer there.
fn number_gone(transaction: &Transaction<'_>, number: i64) -> Result<(), rusqlite::Error> {
    let sql = "UPDATE numbers_gone SET last = max(last, ?1)";
    transaction.prepare_cached(sql)?.execute([number])?;
    Ok(())
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

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use parla_history::Durability;

    use super::*;

    #[test]
    fn secrets_stay() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Database::open(&folder.path().join("data"), Durability::Os).unwrap();
        let key = open().cloak_key().unwrap();
        assert_ne!(key, cloak::Key::default());
        assert_eq!(open().cloak_key().unwrap(), key);
        let key = open().message_key().unwrap();
        assert_ne!(key, message_ids::Key::default());
        assert_eq!(open().message_key().unwrap(), key);
        let mode = fs::metadata(folder.path().join("data")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    #[test]
    fn a_data_directory_has_one_server() {
        let folder = tempfile::tempdir().unwrap();
        let first = Database::open(folder.path(), Durability::Os).unwrap();
        let second = Database::open(folder.path(), Durability::Os);
        assert!(matches!(second, Err(DatabaseError::InUse(_))));
        drop(first);
        assert!(Database::open(folder.path(), Durability::Os).is_ok());
    }

    #[test]
    fn a_channel_comes_back_as_it_was_kept() {
        let folder = tempfile::tempdir().unwrap();
        let rules = parla_server::Settings::named("a.b").name_rules();
        let name = |text| ChannelName::parse(text, &rules).unwrap();
        let entry = |mask, at| ListEntry {
            mask: ListMask::parse(mask).unwrap(),
            setter: "a!b@c".to_owned(),
            at: Timestamp::from_millis(at),
        };
        let mut state = ChannelState {
            key: Some("word".to_owned()),
            limit: Some(5),
            forward: Some(name("#other")),
            bans: vec![entry("bad!*@*", 2000), entry("m:a:worse", 2500)],
            ban_exceptions: vec![entry("!a:*", 3000)],
            invite_exceptions: vec![entry("bad!*@*", 1000), entry("a:friend", 1000)],
            metadata: BTreeMap::from([(Key::parse("display-name").unwrap(), "Rust \u{2764}".to_owned())]),
            ..ChannelState::new(
                7,
                name("#Rust"),
                Timestamp::from_millis(1000),
                Flags::SECRET | Flags::TOPIC_LOCK | Flags::AUDITORIUM,
            )
        };
        {
            let mut database = Database::open(folder.path(), Durability::Fsync).unwrap();
            database.commit(&[Change::Channel(Box::new(state.clone()))]).unwrap();
            state.topic = Some(Topic {
                text: "new".to_owned(),
                setter: "a!b@c".to_owned(),
                at: Timestamp::from_millis(3000),
            });
            state.metadata.insert(Key::parse("url").unwrap(), "https://rust-lang.org".to_owned());
            state.empty_since = Some(Timestamp::from_millis(9000));
            database.commit(&[Change::Channel(Box::new(state.clone()))]).unwrap();
        }
        {
            let mut database = Database::open(folder.path(), Durability::Fsync).unwrap();
            assert_eq!(database.channels(&rules).unwrap(), std::slice::from_ref(&state));
            state.empty_since = None;
            database.commit(&[Change::Occupancy { record: 7, empty_since: None }]).unwrap();
        }
        let database = Database::open(folder.path(), Durability::Fsync).unwrap();
        assert_eq!(database.channels(&rules).unwrap(), [state]);
        assert_eq!(database.last_seq().unwrap(), Some(7));
    }

    #[test]
    fn a_file_from_before_forwards_is_brought_up_to_date() {
        let folder = tempfile::tempdir().unwrap();
        let rules = parla_server::Settings::named("a.b").name_rules();
        let mut connection = parla_history::open(&path(folder.path()), Durability::Os).unwrap();
        parla_history::prepare(&mut connection).unwrap();
        parla_history::migrate(&mut connection, "parlad", &STEPS[..1]).unwrap();
        connection
            .execute_batch(
                "INSERT INTO channels VALUES (7, '#rust', 1000, NULL, NULL, NULL, 'nt', NULL, NULL, NULL);
                 INSERT INTO channel_masks VALUES (7, 'b', 'bad!*@*', 'a!b@c', 2000);
                 INSERT INTO channel_masks VALUES (7, 'b', 'm:', 'a!b@c', 3000);",
            )
            .unwrap();
        drop(connection);
        let database = Database::open(folder.path(), Durability::Os).unwrap();
        let channels = database.channels(&rules).unwrap();
        let [channel] = channels.as_slice() else { panic!("{channels:?}") };
        assert_eq!(channel.forward, None);
        let bans: Vec<String> = channel.bans.iter().map(|ban| ban.mask.to_string()).collect();
        assert_eq!(bans, ["bad!*@*"]);
    }

    fn said(seq: u64, record: u64) -> Change {
        Change::Message(Arc::new(Spoken {
            seq,
            at: Timestamp::from_millis(seq.cast_signed()),
            verb: Verb::Privmsg,
            source: "a!b@c".to_owned(),
            account: None,
            record: Some(record),
            target: "#rust".to_owned(),
            text: "xylophone".to_owned(),
            tags: String::new(),
            cuts: Vec::new(),
        }))
    }

    #[test]
    fn hosts_that_were_kept_as_nicks_are_hosts_again() {
        let folder = tempfile::tempdir().unwrap();
        let rules = parla_server::Settings::named("a.b").name_rules();
        let mut database = Database::open(folder.path(), Durability::Os).unwrap();
        let masks =
            ["a.b.ip!*@*", "*!*@A.B.ip", "*!*@2001:DB8::1", "2001:db8::1!*@*", "#chan!*@*", "x:bob!*@*"];
        let insert = "INSERT INTO channel_masks VALUES (7, 'b', ?1, 'a!b@c', ?2, ?2)";
        let channel = "INSERT INTO channels (id, name, created_at, modes) VALUES (7, '#rust', 1000, 'nt')";
        database.connection.execute(channel, []).unwrap();
        for (at, mask) in (0_i64..).zip(masks) {
            database.connection.execute(insert, params![mask, at]).unwrap();
        }
        let channel = database.channels(&rules).unwrap().remove(0);
        let bans: Vec<String> = channel.bans.iter().map(|ban| ban.mask.to_string()).collect();
        assert_eq!(bans, ["*!*@a.b.ip", "*!*@A.B.ip", "*!*@2001:db8::1"]);
        // Each is in the list once, so it can be kept again.
        database.commit(&[Change::Channel(Box::new(channel))]).unwrap();
    }

    #[test]
    fn what_is_taken_back_is_gone_from_its_own_channel_only() {
        let folder = tempfile::tempdir().unwrap();
        let mut database = Database::open(folder.path(), Durability::Os).unwrap();
        let redacted = |seq, record| Change::Redacted { record, seq };
        let kept = |database: &Database| {
            let asked = parla_history::Search {
                conversation: None,
                words: "xylophone".to_owned(),
                before: None,
                limit: 9,
            };
            let found = parla_history::search(&database.connection, &asked).unwrap();
            found.iter().map(|message| message.id.0).collect::<Vec<_>>()
        };
        database.commit(&[said(11, 1), said(12, 1), said(13, 1), redacted(12, 1)]).unwrap();
        assert_eq!(kept(&database), [13, 11]);
        database.index().unwrap();
        database.commit(&[redacted(13, 2), redacted(11, 1), redacted(99, 1)]).unwrap();
        assert_eq!(kept(&database), [13]);
        // Its number is not given out again.
        database.commit(&[redacted(13, 1)]).unwrap();
        assert_eq!(database.last_seq().unwrap(), Some(13));
        // And nobody takes the file for an older one.
        database.close().unwrap();
        assert_eq!(Database::open(folder.path(), Durability::Os).unwrap().last_seq().unwrap(), Some(13));
    }

    #[test]
    fn nothing_stays_of_a_forgotten_channel_but_that_its_numbers_are_taken() {
        let folder = tempfile::tempdir().unwrap();
        let rules = parla_server::Settings::named("a.b").name_rules();
        let open = || Database::open(folder.path(), Durability::Os).unwrap();
        let entry = |mask| ListEntry {
            mask: ListMask::parse(mask).unwrap(),
            setter: "a!b@c".to_owned(),
            at: Timestamp::from_millis(1),
        };
        let channel = |record, name| {
            let name = ChannelName::parse(name, &rules).unwrap();
            Change::Channel(Box::new(ChannelState {
                bans: vec![entry("bad!*@*")],
                metadata: BTreeMap::from([(Key::parse("url").unwrap(), "https://x.org".to_owned())]),
                ..ChannelState::new(record, name, Timestamp::from_millis(1), Flags::empty())
            }))
        };
        let mut database = open();
        let mut changes = vec![channel(7, "#gone"), channel(8, "#stays")];
        changes.extend((10..30).map(|seq| said(seq, 7 + seq % 2)));
        database.commit(&changes).unwrap();
        database.commit(&[Change::ChannelForgotten { record: 7 }]).unwrap();
        let rows = |database: &Database, table: &str, column: &str| {
            let sql = format!("SELECT count(*) FROM {table} WHERE {column} = 7");
            database.connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap()
        };
        let of_channel = [("channels", "id"), ("channel_masks", "channel"), ("channel_metadata", "channel")];
        for (table, column) in of_channel {
            assert_eq!(rows(&database, table, column), 0, "{table}");
        }
        assert_eq!(database.channels(&rules).unwrap().len(), 1);
        // The messages go when there is time; a server that was killed goes on with it.
        assert_eq!(rows(&database, "messages", "conversation"), 10);
        drop(database);
        let mut database = open();
        while database.has_forgotten() {
            database.forget().unwrap();
        }
        assert_eq!(rows(&database, "messages", "conversation"), 0);
        assert_eq!(rows(&database, "message_places", "conversation"), 0);
        database.commit(&[Change::ChannelForgotten { record: 8 }]).unwrap();
        while database.has_forgotten() {
            database.forget().unwrap();
        }
        drop(database);
        assert_eq!(open().last_seq().unwrap(), Some(29));
    }
}
