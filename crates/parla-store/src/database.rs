//! The server's single file, `parla.db`, and what is recorded about it elsewhere: a mark of the last commit,
//! so that loss is noticed.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use parla_history::CHECKPOINT_PAGES;
use parla_server::{Change, message_ids};

use crate::{
    CloakKey, DatabaseError, Tables,
    check::Check,
    inspect,
    keys::{Keys, find_keys},
    state::StateFile,
    wal::OpenLog,
};

/// The writing end of the file.
#[derive(Debug)]
pub struct Database {
    pub(crate) tables: Tables,
    pub(crate) data_dir: PathBuf,
    /// What is recorded about the file outside it.
    pub(crate) state: StateFile,
    /// SQLite's log, for reading its marks.
    pub(crate) log: OpenLog,
    /// Pages in the log after the last commit.
    pub(crate) log_pages: Arc<AtomicU32>,
    /// Whether the last checkpoint failed, so that it is reported only once.
    pub(crate) checkpoint_fails: bool,
    /// Whether there was no time at the start to check the whole file.
    pub(crate) is_unchecked: bool,
    pub(crate) check: Option<Check>,
    /// Keeps the directory locked, so that no second server writes to it.
    pub(crate) _lock: File,
}

/// Where the file is in a data directory.
pub fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("parla.db")
}

/// The files in a data directory that must be writable if they exist.
pub fn files(data_dir: &Path) -> [PathBuf; 4] {
    ["parla.db", "parla.db-wal", "parla.db-shm", "parla.lock"].map(|name| data_dir.join(name))
}

impl Database {
    /// The directory that contains the file.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// The tables, for reading.
    pub const fn tables(&self) -> &Tables {
        &self.tables
    }

    /// The key that hides addresses. Bans on hidden addresses depend on it, so it is stored here and is in
    /// every backup.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn cloak_key(&self) -> Result<CloakKey, DatabaseError> {
        Ok(self.keys()?.cloak)
    }

    /// The key that encrypts msgids. Clients store ids over restarts.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn message_key(&self) -> Result<message_ids::Key, DatabaseError> {
        Ok(self.keys()?.message)
    }

    fn keys(&self) -> Result<Keys, DatabaseError> {
        Ok(find_keys(&self.tables.connection)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?)
    }

    /// Stores changes, all or none, and returns when they are on disk.
    ///
    /// # Errors
    /// SQLite refuses, and nothing was stored. [`DatabaseError::patience`] says whether to try again.
    pub fn commit(&mut self, changes: &[Change]) -> Result<(), DatabaseError> {
        self.tables.commit(changes)?;
        self.after_commit();
        Ok(())
    }

    /// Records where the log ends now, and makes a checkpoint if the log is long.
    fn after_commit(&mut self) {
        let pages = self.log_pages.load(Ordering::Relaxed);
        match self.log.mark(pages) {
            Ok(mark) => self.state.note(mark),
            Err(error) => tracing::warn!(%error, "cannot read parla.db-wal beside SQLite"),
        }
        if pages < CHECKPOINT_PAGES {
            return;
        }
        let done = self.tables.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = &done
            && !self.checkpoint_fails
        {
            tracing::warn!(%error, "cannot bring parla.db-wal into parla.db; it grows until that is possible");
        }
        self.checkpoint_fails = done.is_err();
    }

    /// The approximate number of messages that are not in the indexes yet.
    pub const fn unindexed(&self) -> usize {
        self.tables.unindexed()
    }

    /// Adds some messages to the indexes of the history.
    ///
    /// # Errors
    /// As for [`Tables::index`].
    pub fn index(&mut self) -> Result<(), DatabaseError> {
        if self.tables.index()? {
            self.after_commit();
        }
        Ok(())
    }

    /// Whether messages of forgotten channels may still be in the file.
    pub const fn has_forgotten(&self) -> bool {
        self.tables.has_forgotten()
    }

    /// Removes some messages of forgotten channels from the file.
    ///
    /// # Errors
    /// As for [`Tables::forget`].
    pub fn forget(&mut self) -> Result<(), DatabaseError> {
        if self.tables.forget()? {
            self.after_commit();
        }
        Ok(())
    }
}

/// Notes damage, so that the next start refuses. Returns the message with which this run must end.
pub fn note_damage(data_dir: &Path, found: &str) -> String {
    if let Err(error) = fs::write(inspect::note_path(data_dir), format!("{found}\n")) {
        tracing::error!(%error, "cannot write parla.damage");
    }
    format!(
        "{} is damaged: {found}. The server ends, so that nothing more is lost; when it is started again it says what to do",
        path(data_dir).display()
    )
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, os::unix::fs::PermissionsExt as _};

    use parla_history::Durability;
    use parla_proto::{ChannelName, Timestamp, extban::ListMask, metadata::Key};
    use parla_server::{ChannelId, ChannelState, Conversation, Flags, ListEntry};

    use super::*;
    use crate::fixture;

    #[test]
    fn secrets_stay() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Database::open(&folder.path().join("data"), Durability::Os).unwrap();
        let key = open().cloak_key().unwrap();
        assert_ne!(key, CloakKey::default());
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

    fn said(seq: u64, channel: u64) -> Change {
        fixture::said(seq, Conversation::Channel(ChannelId::from_number(channel)))
    }

    #[test]
    fn what_is_taken_back_is_gone_from_its_own_channel_only() {
        let folder = tempfile::tempdir().unwrap();
        let mut database = Database::open(folder.path(), Durability::Os).unwrap();
        let redacted = |seq, channel| {
            let conversation = Conversation::Channel(ChannelId::from_number(channel));
            Change::Redacted { conversation, seq }
        };
        let kept = |database: &Database| {
            let asked = parla_history::Search {
                conversation: None,
                words: "xylophone".to_owned(),
                before: None,
                limit: 9,
            };
            let found = parla_history::search(&database.tables.connection, &asked).unwrap();
            found.iter().map(|message| message.id.0).collect::<Vec<_>>()
        };
        database.commit(&[said(11, 1), said(12, 1), said(13, 1), redacted(12, 1)]).unwrap();
        assert_eq!(kept(&database), [13, 11]);
        database.index().unwrap();
        database.commit(&[redacted(13, 2), redacted(11, 1), redacted(99, 1)]).unwrap();
        assert_eq!(kept(&database), [13]);
        // Its number is never reused.
        database.commit(&[redacted(13, 1)]).unwrap();
        assert_eq!(database.tables().last_seq().unwrap(), Some(13));
        // And the file is not mistaken for an older one.
        database.close().unwrap();
        assert_eq!(
            Database::open(folder.path(), Durability::Os).unwrap().tables().last_seq().unwrap(),
            Some(13)
        );
    }

    #[test]
    fn nothing_stays_of_a_forgotten_channel_but_that_its_numbers_are_taken() {
        let folder = tempfile::tempdir().unwrap();
        let rules = parla_server::NetworkSettings::named("a.b").name_rules();
        let open = || Database::open(folder.path(), Durability::Os).unwrap();
        let entry = |mask| ListEntry {
            mask: ListMask::parse(mask).unwrap(),
            setter: "a!b@c".to_owned(),
            at: Timestamp::from_millis(1),
        };
        let channel = |number, name| {
            let name = ChannelName::parse(name, &rules).unwrap();
            Change::Channel(Box::new(ChannelState {
                bans: vec![entry("bad!*@*")],
                metadata: BTreeMap::from([(Key::parse("url").unwrap(), "https://x.org".to_owned())]),
                ..ChannelState::new(
                    ChannelId::from_number(number),
                    name,
                    Timestamp::from_millis(1),
                    Flags::empty(),
                )
            }))
        };
        let mut database = open();
        let mut changes = vec![channel(7, "#gone"), channel(8, "#stays")];
        changes.extend((10..30).map(|seq| said(seq, 7 + seq % 2)));
        database.commit(&changes).unwrap();
        database.commit(&[Change::ChannelForgotten { channel: ChannelId::from_number(7) }]).unwrap();
        let rows = |database: &Database, table: &str, column: &str| {
            let sql = format!("SELECT count(*) FROM {table} WHERE {column} = 7");
            database.tables.connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap()
        };
        let of_channel = [
            ("channels", "id"),
            ("conversations", "id"),
            ("channel_masks", "channel"),
            ("channel_metadata", "channel"),
        ];
        for (table, column) in of_channel {
            assert_eq!(rows(&database, table, column), 0, "{table}");
        }
        assert_eq!(database.tables().kept(&rules).unwrap().channels.len(), 1);
        // The messages are removed when there is time, and after a crash this continues.
        assert_eq!(rows(&database, "messages", "conversation"), 10);
        drop(database);
        let mut database = open();
        while database.has_forgotten() {
            database.forget().unwrap();
        }
        assert_eq!(rows(&database, "messages", "conversation"), 0);
        assert_eq!(rows(&database, "message_places", "conversation"), 0);
        database.commit(&[Change::ChannelForgotten { channel: ChannelId::from_number(8) }]).unwrap();
        while database.has_forgotten() {
            database.forget().unwrap();
        }
        drop(database);
        assert_eq!(open().tables().last_seq().unwrap(), Some(29));
    }
}
