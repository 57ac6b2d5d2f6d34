//! Reads the whole database to check that it is sound: briefly at the start and, if that is not enough, while
//! the server runs.

use std::{
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Instant,
};

use rusqlite::{Connection, ErrorCode};

use crate::{DatabaseError, database, limits::CHECK_AT_START_MAX, schema};

/// How many of the findings are reported.
const FINDINGS_MAX: usize = 5;

/// SQLite instructions between two checks whether to stop, which is about a millisecond.
const INSTRUCTIONS: i32 = 20_000;

/// The result of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    Sound,
    Damaged(String),
    /// The check was stopped before it was complete.
    Unfinished,
}

/// Checks for as long as a start may be delayed.
pub(crate) fn look_at_start(connection: &mut Connection) -> Result<Look, DatabaseError> {
    let deadline = Instant::now() + CHECK_AT_START_MAX;
    look(connection, move || Instant::now() >= deadline)
}

/// Checks until it is complete or told to stop.
fn look(
    connection: &mut Connection,
    is_to_stop: impl FnMut() -> bool + Send + 'static,
) -> Result<Look, DatabaseError> {
    connection.progress_handler(INSTRUCTIONS, Some(is_to_stop))?;
    let found = findings(connection);
    connection.progress_handler(0, None::<fn() -> bool>)?;
    let code = |error: &DatabaseError| error.sqlite_code();
    match found {
        Ok(found) if found.is_empty() => Ok(Look::Sound),
        Ok(found) => {
            let more = found.len().saturating_sub(FINDINGS_MAX);
            let words = found.into_iter().take(FINDINGS_MAX).collect::<Vec<_>>().join("; ");
            Ok(Look::Damaged(if more > 0 { format!("{words}; and {more} more") } else { words }))
        }
        Err(error) if code(&error) == Some(ErrorCode::OperationInterrupted) => Ok(Look::Unfinished),
        Err(error) if error.is_damage() => Ok(Look::Damaged(error.to_string())),
        Err(error) => Err(error),
    }
}

fn findings(connection: &Connection) -> Result<Vec<String>, DatabaseError> {
    let mut statement = connection.prepare("PRAGMA quick_check")?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut found: Vec<String> = lines.collect::<Result<_, _>>()?;
    found.retain(|line| line != "ok");
    // SQLite's messages may have several lines.
    for line in &mut found {
        *line = line.split_whitespace().filter(|word| *word != "***").collect::<Vec<_>>().join(" ");
    }
    // A file of an older version does not have everything that is checked here.
    if found.is_empty() && schema::is_current(connection)? {
        found = parla_history::check(connection)?;
        found.extend(unreadable_texts(connection)?);
    }
    Ok(found)
}

/// Columns in this crate's tables that contain invalid text.
fn unreadable_texts(connection: &Connection) -> Result<Vec<String>, DatabaseError> {
    let sql = "SELECT m.name, p.name FROM sqlite_schema m JOIN pragma_table_info(m.name) p
               WHERE m.type = 'table' AND p.type = 'TEXT' AND m.name NOT LIKE 'messages%'";
    let mut statement = connection.prepare(sql)?;
    let columns = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut found = Vec::new();
    for column in columns {
        let (table, column): (String, String) = column?;
        let mut statement = connection.prepare(&format!("SELECT \"{column}\" FROM \"{table}\""))?;
        let mut rows = statement.query([])?;
        let mut count = 0_u64;
        while let Some(row) = rows.next()? {
            count += u64::from(row.get::<_, Option<String>>(0).is_err());
        }
        if count > 0 {
            found.push(format!("{count} texts of {table}.{column} have turned into something else"));
        }
    }
    Ok(found)
}

/// A check that runs in parallel with the server.
#[derive(Debug)]
pub(crate) struct Check {
    is_to_stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Check {
    /// Starts the check. Damage is reported, and also noted so that the next start refuses.
    pub(crate) fn start(data_dir: &Path, report: impl FnOnce(String) + Send + 'static) -> io::Result<Self> {
        let is_to_stop = Arc::new(AtomicBool::new(false));
        let (stop, data_dir) = (Arc::clone(&is_to_stop), data_dir.to_owned());
        let run = move || match run(&data_dir, stop) {
            Ok(Look::Sound) => tracing::info!("the database was read from end to end and is sound"),
            Ok(Look::Unfinished) => {}
            Ok(Look::Damaged(found)) => report(database::note_damage(&data_dir, &found)),
            Err(error) => tracing::error!(%error, "cannot check the database"),
        };
        let thread = thread::Builder::new().name("check".to_owned()).spawn(run)?;
        Ok(Self { is_to_stop, thread })
    }

    /// Stops the check within milliseconds and closes its connection.
    pub(crate) fn stop(self) {
        self.is_to_stop.store(true, Ordering::Release);
        if self.thread.join().is_err() {
            tracing::error!("the check of the database has failed");
        }
    }
}

fn run(data_dir: &Path, is_to_stop: Arc<AtomicBool>) -> Result<Look, DatabaseError> {
    let mut connection = parla_history::open_reader(&database::path(data_dir))?;
    look(&mut connection, move || is_to_stop.load(Ordering::Acquire))
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::mpsc};

    use parla_history::Durability;

    use super::*;
    use crate::{Database, Doubt, inspect, path};

    #[test]
    fn what_takes_too_long_is_left_for_later() {
        let folder = tempfile::tempdir().unwrap();
        drop(Database::open(folder.path(), Durability::Os).unwrap());
        let mut connection = parla_history::open_reader(&path(folder.path())).unwrap();
        assert_eq!(look(&mut connection, || false).unwrap(), Look::Sound);
        // Enough work that SQLite asks whether to stop.
        let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
            INSERT INTO messages(id, conversation, at, kind, source, text)
            SELECT i, 1, i, 'PRIVMSG', 'a!b@c', 'hello' FROM n";
        Connection::open(path(folder.path())).unwrap().execute_batch(many).unwrap();
        assert_eq!(look(&mut connection, || true).unwrap(), Look::Unfinished);
        assert_eq!(look(&mut connection, || false).unwrap(), Look::Sound);
    }

    #[test]
    fn damage_that_is_found_beside_the_server_is_told_now_and_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(folder.path(), Durability::Os).unwrap();
        let change = "UPDATE channels SET topic = CAST(x'ff' AS TEXT);
            INSERT INTO channels(id, name, created_at, modes) VALUES (1, CAST(x'ff' AS TEXT), 1, '')";
        let other = Connection::open(path(folder.path())).unwrap();
        other.execute_batch(change).unwrap();
        drop(other);
        let (sender, reported) = mpsc::channel();
        let check = Check::start(folder.path(), move |why| sender.send(why).unwrap()).unwrap();
        let told = reported.recv().unwrap();
        assert!(told.contains("1 texts of channels.name have turned into something else"), "{told}");
        check.stop();
        drop(database);
        let before = fs::read(inspect::note_path(folder.path())).unwrap();
        let Err(DatabaseError::Doubtful { doubts, .. }) = Database::open(folder.path(), Durability::Os)
        else {
            panic!("it was opened");
        };
        assert!(matches!(&*doubts, [Doubt::FoundBefore(_)]), "{doubts:?}");
        assert_eq!(fs::read(inspect::note_path(folder.path())).unwrap(), before);
    }
}
