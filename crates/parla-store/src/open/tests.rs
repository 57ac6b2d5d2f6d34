//! Kills a server at every moment of a start that upgrades an older database.

use std::{
    collections::BTreeSet,
    fs,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use tempfile::TempDir;

use super::*;
use crate::{keys::find_keys, older, wal::WalMark};

/// SQLite instructions between two snapshots of the files.
const INSTRUCTIONS: i32 = 200;

/// How many of the states that one start goes through are examined.
const STATES_MAX: usize = 24;

/// So many messages that the upgrade does not fit into SQLite's memory and reaches the log before it is
/// committed.
const MESSAGES: u64 = 5_000;

/// The files of a data directory: name, size and modification time.
type Look = Vec<(String, u64, std::time::SystemTime)>;

/// Copies the states of a data directory as a kill would leave them.
#[derive(Clone)]
struct Camera {
    data_dir: PathBuf,
    taken: Arc<Mutex<Vec<TempDir>>>,
    seen: Arc<Mutex<BTreeSet<Look>>>,
}

impl Camera {
    /// Copies all files, unless they are as they were before.
    fn take(&self) {
        let files: Vec<_> = fs::read_dir(&self.data_dir).unwrap().map(Result::unwrap).collect();
        let mut looks = Vec::new();
        for file in &files {
            let Ok(metadata) = file.metadata() else { return };
            // This file changes all the time, and is recreated after a crash.
            if !file.path().to_string_lossy().ends_with("-shm") {
                looks.push((
                    file.file_name().into_string().unwrap(),
                    metadata.len(),
                    metadata.modified().unwrap(),
                ));
            }
        }
        looks.sort();
        if !self.seen.lock().unwrap().insert(looks) {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
        self.taken.lock().unwrap().push(folder);
    }
}

/// How the older server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// It was stopped, before `parla.state` existed.
    WithoutState,
    Stopped,
    Killed,
}

/// Creates a data directory as an older server left it. Returns how many messages refer to another one.
fn leave(data_dir: &Path, ended: Ended) -> u64 {
    let mut references = older::make(data_dir, MESSAGES).unwrap();
    if ended == Ended::WithoutState {
        return references;
    }
    let mut connection = parla_history::open(&path(data_dir), Durability::Os).unwrap();
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
    let key = state::fingerprint(&find_keys(&connection).unwrap().unwrap());
    let mut mark = WalMark::default();
    if ended == Ended::Killed {
        let pages = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&pages);
        connection
            .wal_hook(Some(move |_: &mut _, pages| {
                counted.store(u32::try_from(pages).unwrap(), Ordering::Relaxed);
                Ok(())
            }))
            .unwrap();
        references += older::say(&mut connection, 100).unwrap();
        mark =
            OpenLog::open(&inspect::log_path(data_dir)).unwrap().mark(pages.load(Ordering::Relaxed)).unwrap();
        assert!(mark.frame > 0);
    }
    let last = tables::last_number(&connection).unwrap().unwrap();
    let last = if ended == Ended::Killed { last - 100 } else { last };
    StateFile::create(data_dir, State { boot: state::boot(), last, key, mark }).unwrap();
    references
}

/// Starts a server and takes snapshots of its files.
fn start(data_dir: &Path) -> Vec<TempDir> {
    let camera = Camera { data_dir: data_dir.to_owned(), taken: Arc::default(), seen: Arc::default() };
    let (lock, known) = enter(data_dir).unwrap();
    let mut opened = open_checked(data_dir, Durability::Os, known).unwrap();
    opened.connection.pragma_update(None, "cache_size", 20).unwrap();
    let progress = camera.clone();
    let look = move || {
        progress.take();
        false
    };
    opened.connection.progress_handler(INSTRUCTIONS, Some(look)).unwrap();
    let mut database = finish(data_dir, opened, lock, &mut |_| camera.take()).unwrap();
    database.tables.connection.progress_handler(0, None::<fn() -> bool>).unwrap();
    camera.take();
    drop(database);
    std::mem::take(&mut *camera.taken.lock().unwrap())
}

fn check_kills(ended: Ended) {
    let folder = tempfile::tempdir().unwrap();
    let references = leave(folder.path(), ended);
    let said = older::MESSAGES + MESSAGES + if ended == Ended::Killed { 100 } else { 0 };
    let taken = start(folder.path());
    let copy_name = format!("parla.db.before-{}", schema::VERSION);
    let is_unfinished = |data_dir: &Path| data_dir.join(format!("{copy_name}.unfinished")).exists();
    let unfinished = taken.iter().filter(|taken| is_unfinished(taken.path())).count();
    assert!(unfinished > 0 && taken.len() > 20, "{unfinished} of {} while copying", taken.len());
    let step = taken.len().div_ceil(STATES_MAX);
    // The last snapshots, during which the recorded state changes, are all examined.
    let counts = |place: usize| place.is_multiple_of(step) || place + 10 > taken.len();
    for (place, taken) in taken.iter().enumerate().filter(|(place, _)| counts(*place)) {
        let data_dir = taken.path();
        let database = Database::open(data_dir, Durability::Os);
        let database = database.unwrap_or_else(|error| panic!("{ended:?}, {place}: {error}"));
        database.close().unwrap();
        assert_eq!(older::faults(data_dir, references), [""; 0], "{ended:?}, {place}");
        let migrated = Connection::open(path(data_dir)).unwrap();
        let kept: i64 = migrated.query_row("SELECT count(*) FROM messages", [], |row| row.get(0)).unwrap();
        assert_eq!(kept.cast_unsigned(), said, "{ended:?}, {place}");
        assert!(!is_unfinished(data_dir), "{ended:?}, {place}");
        let copy = Connection::open(data_dir.join(&copy_name)).unwrap();
        let version = "SELECT sum(version) FROM schema_versions";
        assert_eq!(
            copy.query_row(version, [], |row| row.get::<_, i64>(0)).unwrap(),
            13,
            "{ended:?}, {place}"
        );
        let sound: String = copy.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok", "{ended:?}, {place}");
    }
}

#[test]
fn a_kill_while_a_database_without_state_is_brought_up_to_date_costs_nothing() {
    check_kills(Ended::WithoutState);
}

#[test]
fn a_kill_while_the_database_of_a_stopped_server_is_brought_up_to_date_costs_nothing() {
    check_kills(Ended::Stopped);
}

#[test]
fn a_kill_while_the_database_of_a_killed_server_is_brought_up_to_date_costs_nothing() {
    check_kills(Ended::Killed);
}
