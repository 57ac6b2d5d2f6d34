//! Copies the database before its tables are upgraded, so that it is possible to return to the older version.
//!
//! All steps are in one transaction (`schema.rs`), so a file that is still behind has had none of them.
//! Therefore a start after an interrupted one makes a new copy, because the existing one may be outdated.

use std::{io, path::Path};

use parla_history::{Copied, copy_before, delete_unfinished_copies};
use rusqlite::Connection;

use crate::{DatabaseError, database, schema};

/// Copies the database if its tables are of an older version. It does not change it.
///
/// # Errors
/// There is not enough space, or it cannot be read or written; nothing of the copy remains then.
pub(crate) fn copy_if_behind(
    data_dir: &Path,
    connection: &Connection,
    watch: &mut dyn FnMut(Copied),
) -> Result<(), DatabaseError> {
    if !schema::is_behind(connection)? {
        return Ok(());
    }
    let free = |data_dir: &Path| {
        let disk = rustix::fs::statvfs(data_dir)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    };
    copy(data_dir, connection, &free, watch)
}

/// Copies the database; `free` returns the free space on the disk of a directory, in bytes.
fn copy(
    data_dir: &Path,
    connection: &Connection,
    free: &dyn Fn(&Path) -> io::Result<u64>,
    watch: &mut dyn FnMut(Copied),
) -> Result<(), DatabaseError> {
    let path = database::path(data_dir);
    let failed = |reason| DatabaseError::Directory { path: data_dir.to_owned(), reason };
    delete_unfinished_copies(&path).map_err(failed)?;
    let free = free(data_dir).map_err(failed)?;
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let bytes = number("page_count")?.saturating_mul(number("page_size")?).unsigned_abs();
    // The steps may write every page once more, into the log.
    let needed = bytes.saturating_mul(2);
    if free < needed {
        return Err(DatabaseError::NoRoomForCopy { path, needed, free });
    }
    tracing::info!(
        bytes,
        "parla.db is from an older version of parla, so it is copied before it is upgraded"
    );
    let copy = copy_before(connection, &path, schema::VERSION, watch)?;
    tracing::info!(
        copy = %copy.display(),
        "parla.db has been copied and is being upgraded; delete the copy when you are sure that you will not go back to the older version"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{Database, Durability, older};

    fn names(data_dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(data_dir).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn without_room_nothing_is_changed_and_the_bytes_are_named() {
        let folder = tempfile::tempdir().unwrap();
        older::make(folder.path(), 0).unwrap();
        let file = database::path(folder.path());
        let before = fs::read(&file).unwrap();
        // A connection that could change the file.
        let connection = parla_history::open(&file, Durability::Os).unwrap();
        let needed = 2 * before.len() as u64;
        let error = copy(folder.path(), &connection, &|_| Ok(needed - 1), &mut |_| {}).unwrap_err();
        drop(connection);
        let expected = format!(
            "the database {} is from an older version of parla and must be copied before it is upgraded. That needs {needed} \
             bytes on its disk, and only {} are free. Nothing was changed; free some space and start again",
            file.display(),
            needed - 1
        );
        assert_eq!(error.to_string(), expected);
        assert_eq!(fs::read(&file).unwrap(), before);
        assert!(!names(folder.path()).iter().any(|name| name.contains("before")));
    }

    /// The disk would have enough space, but for what an interrupted start left of its copy.
    #[test]
    fn what_is_left_of_an_interrupted_copy_takes_no_room() {
        let folder = tempfile::tempdir().unwrap();
        older::make(folder.path(), 0).unwrap();
        let file = database::path(folder.path());
        let bytes = fs::metadata(&file).unwrap().len();
        let connection = parla_history::open_reader(&file).unwrap();
        let taken = |data_dir: &Path| -> io::Result<u64> {
            fs::read_dir(data_dir)?.map(|entry| Ok(entry?.metadata()?.len())).sum()
        };
        let disk = taken(folder.path()).unwrap() + 2 * bytes;
        let free = |data_dir: &Path| Ok(disk.saturating_sub(taken(data_dir)?));
        // The start of another version was interrupted as well.
        for name in ["parla.db.before-17.unfinished", "parla.db.before-20.unfinished"] {
            fs::write(folder.path().join(name), vec![0; usize::try_from(bytes).unwrap()]).unwrap();
        }
        copy(folder.path(), &connection, &free, &mut |_| {}).unwrap();
        drop(connection);
        assert!(!names(folder.path()).iter().any(|name| name.ends_with("unfinished")));
        assert!(fs::metadata(folder.path().join("parla.db.before-20")).unwrap().len() == bytes);
    }

    #[test]
    fn a_copy_that_cannot_be_written_stops_the_start_before_anything_is_changed() {
        let folder = tempfile::tempdir().unwrap();
        let references = older::make(folder.path(), 0).unwrap();
        let (file, in_the_way) = (database::path(folder.path()), folder.path().join("parla.db.before-20"));
        let before = fs::read(&file).unwrap();
        fs::create_dir_all(in_the_way.join("something")).unwrap();
        let error = Database::open(folder.path(), Durability::Os).unwrap_err();
        assert!(matches!(error, DatabaseError::Copy(_)), "{error}");
        assert_eq!(fs::read(&file).unwrap(), before);
        fs::remove_dir_all(in_the_way).unwrap();
        Database::open(folder.path(), Durability::Os).unwrap().close().unwrap();
        assert_eq!(older::faults(folder.path(), references), [""; 0]);
    }
}
