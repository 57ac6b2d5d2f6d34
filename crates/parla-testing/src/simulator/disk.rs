//! The disk of a simulated server: the real store, which is killed at any moment and opened again.
//!
//! The model (`store.rs`) says what must be on it; this module only says what happens to it.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use parla_proto::name::NameRules;
use parla_server::{Change, Kept, Query, QueryResult};
use parla_store::{Database, DatabaseError, Durability, Reader, Tables};
use tempfile::TempDir;

use super::{
    checkers::{Checked, Finding, ensure},
    store::Store,
};

/// Where folders are in memory, if the system has such a place.
const MEMORY: &str = "/dev/shm";

/// The size of the write-ahead log, in bytes, from which a transaction may cause a checkpoint. From then on
/// no write is torn, because what is in the database is never taken back.
const LOG_BYTES_MAX: u64 = 3 << 20;

/// Everything that was stored.
#[derive(Debug)]
pub(crate) enum Disk {
    /// A folder, as a real server has it.
    Folder(Box<Folder>),
    /// Tables in memory, for many short runs: a transaction is stored completely or not at all. They are
    /// created with the first transaction.
    Memory(Option<Tables>),
}

/// A data directory and its open files.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    dir: Option<TempDir>,
    database: Option<Database>,
    reader: Option<Reader>,
}

/// A write that a crash interrupts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UnderWay<'a> {
    /// The changes that were being written.
    pub(crate) changes: &'a [Change],
    /// How much of it reached the disk, in thousandths.
    pub(crate) thousandths: u64,
}

impl Disk {
    /// A folder, which is created when something is written.
    pub(crate) fn folder() -> Self {
        Self::Folder(Box::default())
    }

    /// An empty disk of the same kind.
    pub(crate) fn another(&self) -> Self {
        match self {
            Self::Folder(_) => Self::folder(),
            Self::Memory(_) => Self::Memory(None),
        }
    }

    /// Stores the changes of a batch.
    pub(crate) fn write(&mut self, changes: &[Change]) -> Checked {
        if changes.is_empty() {
            return Ok(());
        }
        let written = match self {
            Self::Folder(folder) => folder.database()?.commit(changes),
            Self::Memory(tables) => in_memory(tables)?.commit(changes),
        };
        written.map_err(refused)
    }

    /// Does the work that is left for idle time.
    pub(crate) fn rest(&mut self) -> Checked {
        let Self::Folder(folder) = self else { return Ok(()) };
        let Some(database) = &mut folder.database else { return Ok(()) };
        database.index().and_then(|()| database.forget()).map_err(refused)
    }

    /// The answer to a query of the server, which must be that of the model.
    pub(crate) fn answer(&mut self, query: &Query, model: &Store) -> Checked<QueryResult> {
        let answered = match self {
            Self::Folder(folder) => folder.reader()?.answer(query),
            Self::Memory(tables) => in_memory(tables)?.answer(query).map(Some),
        };
        let answer = answered.map_err(refused)?;
        let expected = model.answer(query);
        ensure(answer.as_ref() == Some(&expected), "disk", || {
            format!("{query:?} is answered with {answer:?} and not with {expected:?}")
        })?;
        Ok(expected)
    }

    /// The machine crashes and is restarted.
    pub(crate) fn crash(&mut self, under_way: UnderWay<'_>) -> Checked {
        let Self::Folder(folder) = self else { return Ok(()) };
        folder.crash(under_way)
    }

    /// The server shuts down cleanly and is restarted.
    pub(crate) fn shut_down(&mut self) -> Checked {
        let Self::Folder(folder) = self else { return Ok(()) };
        folder.shut_down()
    }

    /// What a server finds when it starts. The channels, the accounts, the messages and the used numbers must be
    /// exactly what was written.
    pub(crate) fn found(&mut self, rules: &NameRules, model: &Store) -> Checked<Kept> {
        let tables = match self {
            Self::Folder(folder) => folder.database()?.tables(),
            Self::Memory(tables) => in_memory(tables)?,
        };
        let kept = tables.kept(rules).map_err(refused)?;
        model.is_found(&kept, tables.last_seq().map_err(refused)?)?;
        for query in model.whole_histories() {
            self.answer(&query, model)?;
        }
        Ok(kept)
    }
}

impl Folder {
    fn path(&mut self) -> Checked<PathBuf> {
        let memory = Path::new(MEMORY);
        let made = match self.dir.take() {
            Some(dir) => Ok(dir),
            None if memory.is_dir() => tempfile::tempdir_in(memory),
            None => tempfile::tempdir(),
        };
        Ok(self.dir.insert(made.map_err(system)?).path().to_owned())
    }

    fn database(&mut self) -> Checked<&mut Database> {
        let path = self.path()?;
        let open = match self.database.take() {
            Some(open) => open,
            None => Database::open(&path, Durability::Os).map_err(refused)?,
        };
        Ok(self.database.insert(open))
    }

    fn reader(&mut self) -> Checked<&Reader> {
        self.database()?;
        let path = self.path()?;
        Ok(self.reader.get_or_insert_with(|| Reader::new(&path)))
    }

    fn crash(&mut self, under_way: UnderWay<'_>) -> Checked {
        let path = self.path()?;
        let (log, state) = (path.join("parla.db-wal"), path.join("parla.state"));
        self.database()?;
        let (log_bytes, noted) = (bytes(&log)?, fs::read(&state).map_err(system)?);
        // Nothing is written if no message is old enough to expire.
        let writes = |change: &Change| !matches!(change, Change::Expired { .. });
        let is_torn = under_way.changes.iter().any(writes) && log_bytes < LOG_BYTES_MAX;
        if is_torn {
            self.database()?.commit(under_way.changes).map_err(refused)?;
        }
        // This is what a kill leaves: there is no checkpoint, and nothing is recorded.
        self.reader = None;
        self.database = None;
        if is_torn {
            let written = bytes(&log)?.saturating_sub(log_bytes);
            ensure(written > 0, "disk", || format!("{:?} left nothing on disk", under_way.changes))?;
            let left = log_bytes + written * under_way.thousandths.min(999) / 1000;
            File::options().write(true).open(&log).and_then(|log| log.set_len(left)).map_err(system)?;
            fs::write(&state, noted).map_err(system)?;
        }
        self.database().map(|_| ())
    }

    fn shut_down(&mut self) -> Checked {
        let Some(database) = self.database.take() else { return Ok(()) };
        if let Some(reader) = self.reader.take() {
            reader.close();
        }
        database.close().map_err(refused)?;
        let log = self.path()?.join("parla.db-wal");
        ensure(!log.exists(), "disk", || "not everything is in the one file".to_owned())
    }
}

fn in_memory(tables: &mut Option<Tables>) -> Checked<&mut Tables> {
    let made = match tables.take() {
        Some(made) => made,
        None => Tables::in_memory().map_err(refused)?,
    };
    Ok(tables.insert(made))
}

fn bytes(path: &Path) -> Checked<u64> {
    Ok(fs::metadata(path).map_err(system)?.len())
}

#[expect(clippy::needless_pass_by_value, reason = "an error is taken as it comes")]
fn refused(error: DatabaseError) -> Finding {
    Finding::new("disk", format!("the store refuses: {error}"))
}

#[expect(clippy::needless_pass_by_value, reason = "an error is taken as it comes")]
fn system(error: std::io::Error) -> Finding {
    Finding::new("disk", format!("the system refuses: {error}"))
}

#[cfg(test)]
mod tests {
    use parla_proto::{AccountName, ChannelName, Timestamp};
    use parla_server::{AccountId, AccountState, ChannelId, ChannelState, Flags, Settings};

    use super::*;

    /// A disk, and the model of what must be on it.
    struct Both {
        settings: Settings,
        disk: Disk,
        model: Store,
    }

    impl Both {
        fn new(disk: Disk) -> Self {
            let settings = Settings::named("a.b");
            Self { model: Store::new(&settings), settings, disk }
        }

        /// A channel and an account, with names and numbers made from this one.
        fn created(&self, number: u64) -> Vec<Change> {
            let name =
                ChannelName::parse(&format!("#room{number}"), &self.settings.network.name_rules()).unwrap();
            let id = ChannelId::from_number(number);
            let state = ChannelState::new(id, name, Timestamp::from_millis(1), Flags::empty());
            let (id, name) = (AccountId::from_number(1000 + number), format!("alice{number}"));
            let account = AccountState::new(id, AccountName::kept(&name).unwrap(), Timestamp::from_millis(1));
            vec![Change::Channel(Box::new(state)), Change::Account(Box::new(account))]
        }

        fn write(&mut self, number: u64) {
            self.disk.write(&self.created(number)).unwrap();
            self.model.write(self.created(number), &[]).unwrap();
        }

        fn is_right(&mut self) -> bool {
            self.disk.found(&self.settings.network.name_rules(), &self.model).is_ok()
        }
    }

    #[test]
    fn a_crash_takes_what_is_being_written_and_nothing_else() {
        let mut both = Both::new(Disk::folder());
        for (number, thousandths) in (1..).zip([0, 1, 250, 500, 750, 999]) {
            both.write(number);
            let changes = both.created(number + 100);
            both.disk.crash(UnderWay { changes: &changes, thousandths }).unwrap();
            assert!(both.is_right(), "{thousandths}");
        }
        both.disk.crash(UnderWay { changes: &[], thousandths: 0 }).unwrap();
        assert!(both.is_right());
        both.disk.shut_down().unwrap();
        assert!(both.is_right());
    }

    #[test]
    fn a_disk_that_lacks_something_or_has_something_more_is_noticed() {
        let mut lacks = Both::new(Disk::Memory(None));
        lacks.write(1);
        assert!(lacks.is_right());
        lacks.model.write(lacks.created(2), &[]).unwrap();
        assert!(!lacks.is_right());
        let mut has_more = Both::new(Disk::Memory(None));
        has_more.write(1);
        has_more.disk.write(&has_more.created(2)).unwrap();
        assert!(!has_more.is_right());
        // A deleted account must not be there any more.
        let mut has_account = Both::new(Disk::Memory(None));
        has_account.write(1);
        let deleted = || vec![Change::AccountDeleted { account: AccountId::from_number(1001) }];
        has_account.model.write(deleted(), &[]).unwrap();
        assert!(!has_account.is_right());
        has_account.disk.write(&deleted()).unwrap();
        assert!(has_account.is_right());
    }
}
