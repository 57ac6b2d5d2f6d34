//! Opens the database of a data directory, after checking that it is the one that was left there, and closes
//! it.

use std::{
    fs::{self, File, TryLockError},
    os::unix::fs::DirBuilderExt as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use parla_history::{Copied, Durability, OpenError};
use rusqlite::{Connection, config::DbConfig};

use crate::{
    Database, DatabaseError, Tables,
    check::{self, Check, Look},
    inspect::{self, Doubt},
    keys::make_keys,
    path,
    salvage::{self, WithLog},
    schema,
    state::{self, KnownState, State, StateFile},
    tables, upgrade,
    wal::OpenLog,
};

/// How long another program that is reading may prevent us from emptying the log.
const READERS_WAIT: Duration = Duration::from_millis(500);

impl Database {
    /// Opens the file, or creates it if it does not exist. If the directory is not as it was left, nothing is
    /// changed.
    ///
    /// # Errors
    /// [`DatabaseError`] says what a person can do.
    pub fn open(data_dir: &Path, durability: Durability) -> Result<Self, DatabaseError> {
        let (lock, known) = enter(data_dir)?;
        finish(data_dir, open_checked(data_dir, durability, known)?, lock, &mut |_| {})
    }

    /// Like [`Self::open`], but moves damaged files aside and continues with what can be read of them.
    ///
    /// # Errors
    /// [`DatabaseError`] says what a person can do.
    pub fn open_accepting_damage(data_dir: &Path, durability: Durability) -> Result<Self, DatabaseError> {
        let (lock, known) = enter(data_dir)?;
        let opened = match open_checked(data_dir, durability, known.clone()) {
            Err(DatabaseError::Doubtful { doubts, .. }) => {
                accept(data_dir, &known, &doubts)?;
                open_checked(data_dir, durability, KnownState::Nothing)?
            }
            other => other?,
        };
        finish(data_dir, opened, lock, &mut |_| {})
    }

    /// Checks the whole file in parallel with the server, if there was no time for that at the start. Damage
    /// is noted for the next start and reported in words; the server must end then.
    ///
    /// # Errors
    /// The system cannot start a thread.
    pub fn check_in_background(
        &mut self,
        report: impl FnOnce(String) + Send + 'static,
    ) -> std::io::Result<()> {
        if self.is_unchecked {
            tracing::info!("the database is large; it is checked while the server runs");
            self.check = Some(Check::start(&self.data_dir, report)?);
        }
        Ok(())
    }

    /// Copies everything into the single file and closes it. Readers must be closed before.
    ///
    /// # Errors
    /// The log cannot be copied into the file; it remains beside it, and nothing is lost.
    pub fn close(mut self) -> Result<(), DatabaseError> {
        if let Some(check) = self.check.take() {
            check.stop();
        }
        if empty_log(&self.tables.connection)? {
            let last = tables::last_number(&self.tables.connection)?.unwrap_or(0);
            self.state.note_all(last)?;
            self.tables.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        } else {
            tracing::warn!(
                "another program has parla.db open, so parla.db-wal stays beside it: a copy needs both"
            );
        }
        self.tables.connection.close().map_err(|(_, error)| error.into())
    }
}

/// A connection to a sound file.
struct Opened {
    connection: Connection,
    is_unchecked: bool,
    /// What was recorded about the file.
    known: KnownState,
}

/// Opens the file if there is no doubt about it; otherwise nothing is changed.
fn open_checked(data_dir: &Path, durability: Durability, known: KnownState) -> Result<Opened, DatabaseError> {
    let failed = |reason| DatabaseError::Directory { path: data_dir.to_owned(), reason };
    let doubtful = |doubts| DatabaseError::Doubtful { path: data_dir.to_owned(), doubts };
    let files = inspect::files(data_dir, &known, durability).map_err(failed)?;
    if !files.doubts.is_empty() {
        return Err(doubtful(files.doubts));
    }
    if known == KnownState::Unreadable {
        tracing::warn!("parla.state is damaged, so loss may go unnoticed this time; it is written anew");
    }
    if let Some(lost) = files.lost_by_power_cut {
        let aside = salvage::copy_log_aside(data_dir).map_err(failed)?;
        tracing::warn!(
            aside = aside.map(|path| path.display().to_string()),
            "{lost}. The machine was started anew since, and durability is \"os\": the last seconds before may be lost"
        );
    }
    let is_known = known != KnownState::Nothing;
    let opened = open_file(data_dir, durability, known);
    match opened {
        Err(error) if files.is_used && error.is_damage() => {
            // A file of the user's own that has this name is not a damaged database of ours.
            let is_ours = is_known || !matches!(error, DatabaseError::Open(OpenError::NotADatabase { .. }));
            Err(if is_ours { doubtful(vec![Doubt::Unreadable(in_words(&error))]) } else { error })
        }
        other => other,
    }
}

/// How SQLite describes a damaged file.
fn in_words(error: &DatabaseError) -> String {
    match error {
        DatabaseError::Open(OpenError::NotADatabase { .. }) => "it does not begin like a database".to_owned(),
        DatabaseError::Open(OpenError::Damaged { .. }) => "its list of tables cannot be read".to_owned(),
        error => error.to_string(),
    }
}

fn open_file(data_dir: &Path, durability: Durability, known: KnownState) -> Result<Opened, DatabaseError> {
    let mut connection = parla_history::open(&path(data_dir), durability)?;
    // If it is closed without having been used, it must leave a log as it is.
    let log_bytes = fs::metadata(inspect::log_path(data_dir)).map_or(0, |log| log.len());
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, log_bytes > 0)?;
    // Whatever a newer version has made of its tables is not damage, and must not be changed.
    schema::refuse_newer(&connection)?;
    let mut doubts = inspect::tables(&connection, &known)?;
    let mut is_unchecked = false;
    if doubts.is_empty() {
        match check::look_at_start(&mut connection)? {
            Look::Sound => {}
            Look::Unfinished => is_unchecked = true,
            Look::Damaged(found) => doubts.push(Doubt::Unreadable(found)),
        }
    }
    if doubts.is_empty() {
        Ok(Opened { connection, is_unchecked, known })
    } else {
        Err(DatabaseError::Doubtful { path: data_dir.to_owned(), doubts })
    }
}

/// Upgrades or creates the tables, restarts the log, and records the state.
fn finish(
    data_dir: &Path,
    opened: Opened,
    lock: File,
    watch: &mut dyn FnMut(Copied),
) -> Result<Database, DatabaseError> {
    let Opened { connection, is_unchecked, known } = opened;
    // From here on, only a clean shutdown may empty the log.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    upgrade::copy_if_behind(data_dir, &connection, watch)?;
    if let KnownState::Used(state) = known {
        // The mark describes the log as it was. An interrupted start must not take what is written to the log
        // now for damage.
        empty_log(&connection)?;
        let last = tables::last_number(&connection)?.unwrap_or(0);
        StateFile::create(data_dir, state.opening(last))?;
    }
    let mut tables = Tables::make(connection)?;
    let connection = &mut tables.connection;
    let key = state::fingerprint(&make_keys(connection)?);
    let pages = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&pages);
    connection.wal_hook(Some(move |_: &mut _, pages| {
        counted.store(u32::try_from(pages).unwrap_or(0), Ordering::Relaxed);
        Ok(())
    }))?;
    empty_log(connection)?;
    // Write a first frame, so that the generation of the log is known and a foreign log can be recognized.
    // The two updates cancel out, but SQLite would not write anything for an update that changes nothing.
    connection.execute_batch(
        "BEGIN; UPDATE messages_indexed SET last_id = last_id - 1; UPDATE messages_indexed SET last_id = last_id + 1; COMMIT",
    )?;
    let mut log = OpenLog::open(&inspect::log_path(data_dir))?;
    let mark = log.mark(pages.load(Ordering::Relaxed))?;
    debug_assert!(mark.frame > 0, "the log is empty");
    let last = tables::last_number(connection)?.unwrap_or(0);
    let state = StateFile::create(data_dir, State { boot: state::boot(), last, key, mark })?;
    Ok(Database {
        tables,
        data_dir: data_dir.to_owned(),
        state,
        log,
        log_pages: pages,
        checkpoint_fails: false,
        is_unchecked,
        check: None,
        _lock: lock,
    })
}

/// Copies the log into the database and empties it; returns false if another program prevents it.
fn empty_log(connection: &Connection) -> Result<bool, rusqlite::Error> {
    connection.busy_timeout(READERS_WAIT)?;
    let is_busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
    connection.busy_timeout(parla_history::BUSY_TIMEOUT)?;
    Ok(!is_busy?)
}

/// Creates a sound database from what can be read, and reports what that was.
fn accept(data_dir: &Path, known: &KnownState, doubts: &[Doubt]) -> Result<(), DatabaseError> {
    for doubt in doubts {
        tracing::warn!("{doubt}");
    }
    let is_foreign = doubts.contains(&Doubt::LogForeign);
    let log = if is_foreign || !salvage::needs_log(data_dir, known) { WithLog::No } else { WithLog::Yes };
    let saved = salvage::salvage(data_dir, log)?;
    tracing::warn!(
        messages = saved.messages,
        rooms = saved.channels,
        accounts = saved.accounts,
        aside = %saved.aside.display(),
        "the damage was accepted: what could be read is in a new parla.db, and the files from before are aside"
    );
    Ok(())
}

/// Creates a data directory if necessary, locks it, and returns what is recorded about it.
fn enter(data_dir: &Path) -> Result<(File, KnownState), DatabaseError> {
    let failed = |reason| DatabaseError::Directory { path: data_dir.to_owned(), reason };
    // Only this server may read what people say here.
    fs::DirBuilder::new().recursive(true).mode(0o700).create(data_dir).map_err(failed)?;
    let lock = lock(data_dir)?;
    Ok((lock, state::read(data_dir).map_err(failed)?))
}

/// Locks a data directory for as long as the returned file exists.
fn lock(data_dir: &Path) -> Result<File, DatabaseError> {
    let failed = |reason| DatabaseError::Directory { path: data_dir.to_owned(), reason };
    let file = File::create(data_dir.join("parla.lock")).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(DatabaseError::InUse(data_dir.to_owned())),
        Err(TryLockError::Error(reason)) => Err(failed(reason)),
    }
}

#[cfg(test)]
mod tests;
