//! Opens the file with the settings for a history.
//!
//! Everything else is left at SQLite's defaults. A larger page cache and `cache_spill` made no difference,
//! nor did keeping the statements for BEGIN and COMMIT compiled (0.4 µs per commit). A memory map reduced a
//! page of 50 random messages from 75 to 50 µs of CPU time (cached by the system), but with it a disk error
//! kills the process, where SQLite otherwise returns an error.

use std::{fs, io, path::Path, time::Duration};

use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig};

use crate::OpenError;

/// How long a statement waits for another connection of the file before it fails.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Pages of the log that are copied into the file at once. A page that changed several times, as those of the
/// indexes do, is copied only once; if messages are only appended, SQLite's default of 1000 is as good. The
/// log then has 16 MiB.
pub const CHECKPOINT_PAGES: u32 = 4000;
/// The number of prepared statements that a connection caches, including those for the other tables of the
/// file.
const STATEMENTS_MAX: usize = 64;

/// What a committed transaction survives. Both options survive the end of the process, and neither can damage
/// the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// It also survives a power cut: a commit returns when the log is on disk (`synchronous = FULL`). It uses
    /// `fdatasync` if SQLite is built for it, as set in `.cargo/config.toml`, because `fsync` would also wait
    /// for the modification time.
    #[default]
    Fsync,
    /// It does not survive a power cut: a commit returns when the operating system has the data, and a power
    /// cut removes the last seconds (`synchronous = NORMAL`, which in WAL mode syncs only at checkpoints). It
    /// stores 20 times as many rows per second if every message is its own batch, and 2.5 times as many in
    /// batches of 50.
    Os,
}

/// Opens the database at `path` for reading and writing, or creates it: only its owner can read it, and it
/// has a write-ahead log, so that readers never wait for the writer. It does not touch the tables; see
/// [`prepare`](crate::prepare).
///
/// # Errors
/// [`OpenError`] says what a person can do.
pub fn open(path: &Path, mode: Durability) -> Result<Connection, OpenError> {
    create(path)?;
    let because = |reason| explain(path, reason);
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | thread_flags())
        .map_err(because)?;
    if connection.is_readonly("main").map_err(because)? {
        return Err(OpenError::Permission { path: path.to_owned() });
    }
    set_up(&connection).map_err(because)?;
    let journal: String =
        connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(because)?;
    if journal != "wal" {
        return Err(OpenError::NoWriteAheadLog { path: path.to_owned() });
    }
    let synchronous = match mode {
        Durability::Fsync => "FULL",
        Durability::Os => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous).map_err(because)?;
    // Deleted data is overwritten. This costs 4 % when indexing, and nothing measurable otherwise.
    connection.pragma_update(None, "secure_delete", true).map_err(because)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES).map_err(because)?;
    Ok(connection)
}

/// Opens the database at `path` for reading only. It sees what has been committed, while another connection
/// writes.
///
/// # Errors
/// [`OpenError`] says what a person can do.
pub fn open_reader(path: &Path) -> Result<Connection, OpenError> {
    if !path.exists() {
        return Err(OpenError::Missing { path: path.to_owned() });
    }
    let because = |reason| explain(path, reason);
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | thread_flags())
        .map_err(because)?;
    set_up(&connection).map_err(because)?;
    Ok(connection)
}

/// A database that disappears with its connection, for tests.
///
/// # Errors
/// There is not enough memory.
pub fn open_in_memory() -> Result<Connection, OpenError> {
    let because = |reason| explain(Path::new(":memory:"), reason);
    let connection = Connection::open_in_memory().map_err(because)?;
    set_up(&connection).map_err(because)?;
    Ok(connection)
}

/// SQLite need not lock, because Rust ensures that only one thread at a time uses a connection.
const fn thread_flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// Creates an empty file that only its owner can read, because messages are private. SQLite's own files
/// beside it get the same permissions.
///
/// A file that exists is not opened here, because closing it again would release the locks that this process
/// holds on it.
pub(crate) fn create(path: &Path) -> Result<(), OpenError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(reason) if reason.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(reason) => Err(OpenError::Create { path: path.to_owned(), reason }),
    }
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    connection.pragma_update(None, "foreign_keys", true)?;
    // Otherwise SQLite recompiles a statement whenever it is given another limit, and finds the same plan: 10
    // µs.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // This first read of the file fails if it is not a database.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
}

/// Translates an error of SQLite into words that a person can act on.
fn explain(path: &Path, reason: rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    match reason.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => OpenError::NotADatabase { path },
        Some(ErrorCode::DatabaseCorrupt) => OpenError::Damaged { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::InUse { path },
        Some(ErrorCode::CannotOpen) if path.is_dir() => OpenError::NotADatabase { path },
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            OpenError::Permission { path }
        }
        _ => OpenError::Sqlite { path, reason },
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("parla.db");
        (folder, path)
    }

    fn words(opened: Result<Connection, OpenError>, path: &Path) -> String {
        opened.unwrap_err().to_string().replace(path.to_str().unwrap(), "DB")
    }

    #[test]
    fn a_reader_sees_what_was_committed_while_another_writes() {
        let (_folder, path) = folder();
        let writer = open(&path, Durability::Fsync).unwrap();
        writer.execute_batch("CREATE TABLE notes(text TEXT); INSERT INTO notes VALUES('one')").unwrap();
        let reader = open_reader(&path).unwrap();
        let count =
            || reader.query_row("SELECT count(*) FROM notes", [], |row| row.get::<_, i64>(0)).unwrap();
        writer.execute_batch("BEGIN; INSERT INTO notes VALUES('two')").unwrap();
        assert_eq!(count(), 1);
        writer.execute_batch("COMMIT").unwrap();
        assert_eq!(count(), 2);
        assert!(reader.execute_batch("DELETE FROM notes").is_err());
    }

    #[test]
    fn durability_is_what_was_asked() {
        let (_folder, path) = folder();
        for (mode, level) in [(Durability::Fsync, 2), (Durability::Os, 1)] {
            let connection = open(&path, mode).unwrap();
            let found: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0)).unwrap();
            assert_eq!(found, level);
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, path) = folder();
        let connection = open(&path, Durability::Os).unwrap();
        connection.execute_batch("CREATE TABLE notes(text TEXT)").unwrap();
        for file in fs::read_dir(folder.path()).unwrap() {
            let file = file.unwrap();
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
        }
    }

    #[test]
    fn something_else_is_not_taken_for_a_database() {
        let (folder, path) = folder();
        fs::write(&path, "dear diary, ".repeat(500)).unwrap();
        let expected = "DB is not a SQLite database; move it away, or give another path";
        assert_eq!(words(open(&path, Durability::Os), &path), expected);
        assert_eq!(words(open_reader(&path), &path), expected);
        assert_eq!(words(open(folder.path(), Durability::Os), folder.path()), expected);
        assert!(fs::read_to_string(&path).unwrap().starts_with("dear diary"));
    }

    #[test]
    fn a_missing_directory_is_named() {
        let (folder, _) = folder();
        let path = folder.path().join("absent").join("parla.db");
        assert_eq!(
            words(open(&path, Durability::Os), &path),
            "cannot create the database DB: No such file or directory (os error 2)"
        );
        assert_eq!(words(open_reader(&path), &path), "there is no database DB");
    }

    /// Nobody can create a file in `/proc`, not even the superuser, whom permissions do not stop.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_directory_that_cannot_be_written_is_named() {
        let path = Path::new("/proc/parla.db");
        let words = words(open(path, Durability::Os), path);
        assert!(words.starts_with("cannot create the database DB: "), "{words}");
    }

    #[test]
    fn a_file_or_directory_without_permission_says_who_must_own_it() {
        let path = Path::new("parla.db");
        for code in
            [rusqlite::ffi::SQLITE_READONLY, rusqlite::ffi::SQLITE_CANTOPEN, rusqlite::ffi::SQLITE_PERM]
        {
            let reason = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
            assert_eq!(
                explain(path, reason).to_string(),
                "no permission to use the database parla.db; \
                 the user that runs this program must own the file and its directory"
            );
        }
    }

    #[test]
    fn a_file_that_another_program_keeps_for_itself_says_so() {
        let (_folder, path) = folder();
        let other = Connection::open(&path).unwrap();
        other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE notes(text TEXT)").unwrap();
        let reader = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        reader.busy_timeout(Duration::ZERO).unwrap();
        let reason = reader.query_row("SELECT * FROM sqlite_schema", [], |_| Ok(())).unwrap_err();
        assert_eq!(
            explain(&path, reason).to_string().replace(path.to_str().unwrap(), "DB"),
            "the database DB is in use by another program"
        );
    }
}
