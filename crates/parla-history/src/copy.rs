//! Copies the file before its tables are changed, so that somebody who wants to return to the previous
//! version of the program can put the copy back.
//!
//! The copy is written under another name, synced, and then renamed, so that a copy with the right name is
//! always complete. Only the newest is kept, because each takes as much space as the database and still
//! contains messages that have since been deleted.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
};

use crate::{CopyError, open::create};

/// Pages that are copied at once, 400 KB.
const PAGES: std::ffi::c_int = 100;

/// How long to wait before retrying when another program is writing.
const BUSY_WAIT: Duration = Duration::from_millis(50);

/// Appended to the file's name to name a copy, followed by a number.
const ENDING: &str = ".before-";

/// Appended to the name of a copy that is still being written.
const UNFINISHED: &str = ".unfinished";

/// The progress of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// Some of the pages have been written.
    Pages {
        /// Pages written so far.
        done: u32,
        /// All pages.
        all: u32,
    },
    /// The copy is complete, on disk and renamed.
    Complete,
    /// Older copies have been deleted.
    OlderDeleted,
}

/// Copies the file of `connection` at `path`, including what is still in its log, to a file beside it that
/// ends with `.before-NUMBER`, the number being `version`. When this returns, the copy and its directory
/// entry are on disk. Only the owner can read it, and older copies have been deleted.
///
/// # Errors
/// There is no space, or the file cannot be read; then nothing of the copy remains. Or an older copy cannot
/// be deleted; then the new one is complete. The file itself is unchanged in every case.
pub fn copy_before(
    connection: &Connection,
    path: &Path,
    version: usize,
    watch: &mut dyn FnMut(Copied),
) -> Result<PathBuf, CopyError> {
    let copy = beside(path, &format!("{ENDING}{version}"));
    let unfinished = beside(&copy, UNFINISHED);
    let failed = |reason| CopyError::Write { path: copy.clone(), reason };
    delete_unfinished_copies(path).map_err(failed)?;
    let written = write(connection, &unfinished, watch);
    let named = written.map_err(|reason| match reason {
        Failed::Write(reason) => failed(reason),
        Failed::Sqlite(reason) => CopyError::Sqlite { path: copy.clone(), reason },
    });
    let named =
        named.and_then(|()| fs::rename(&unfinished, &copy).and_then(|()| sync_folder(path)).map_err(failed));
    if let Err(error) = named {
        // The first error is the one to report.
        let _ = delete(&unfinished);
        return Err(error);
    }
    watch(Copied::Complete);
    for older in copies(path).map_err(failed)?.into_iter().filter(|older| *older != copy) {
        delete(&older).map_err(|reason| CopyError::Delete { path: older, reason })?;
    }
    watch(Copied::OlderDeleted);
    Ok(copy)
}

/// Deletes what interrupted attempts to copy a file have left behind, which only takes space.
///
/// # Errors
/// The directory cannot be read or written.
pub fn delete_unfinished_copies(path: &Path) -> io::Result<()> {
    let is_unfinished = |copy: &PathBuf| copy.as_os_str().to_string_lossy().ends_with(UNFINISHED);
    copies(path)?.iter().filter(|copy| is_unfinished(copy)).try_for_each(|copy| delete(copy))
}

/// All copies of a file that [`copy_before`] made, complete and incomplete.
///
/// # Errors
/// The directory cannot be read.
fn copies(path: &Path) -> io::Result<Vec<PathBuf>> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_copy = |other: OsString| {
            let other = other.into_string().ok()?;
            let number = other.strip_prefix(name.to_str()?)?.strip_prefix(ENDING)?;
            let number = number.strip_suffix(UNFINISHED).unwrap_or(number);
            (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(())
        };
        if is_copy(entry.file_name()).is_some() {
            found.push(folder.join(entry.file_name()));
        }
    }
    found.sort();
    Ok(found)
}

enum Failed {
    Write(io::Error),
    Sqlite(rusqlite::Error),
}

impl From<io::Error> for Failed {
    fn from(reason: io::Error) -> Self {
        Self::Write(reason)
    }
}

impl From<rusqlite::Error> for Failed {
    fn from(reason: rusqlite::Error) -> Self {
        Self::Sqlite(reason)
    }
}

/// Writes a complete copy and syncs it.
fn write(connection: &Connection, to: &Path, watch: &mut dyn FnMut(Copied)) -> Result<(), Failed> {
    create(to).map_err(|error| match error {
        crate::OpenError::Create { reason, .. } => reason,
        other => io::Error::other(other.to_string()),
    })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut target = Connection::open_with_flags(to, flags)?;
    // An unfinished copy is worthless, so its own writes need no journal; it is synced once, as a whole.
    target.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")?;
    let backup = Backup::new(connection, &mut target)?;
    loop {
        match backup.step(PAGES)? {
            StepResult::Done => break,
            StepResult::More => {
                let progress = backup.progress();
                let pages = |count| u32::try_from(count).unwrap_or_default();
                let all = pages(progress.pagecount);
                watch(Copied::Pages { done: all.saturating_sub(pages(progress.remaining)), all });
            }
            _ => thread::sleep(BUSY_WAIT),
        }
    }
    drop(backup);
    target.close().map_err(|(_, error)| error)?;
    File::options().write(true).open(to)?.sync_all()?;
    Ok(())
}

/// Makes sure that the entries of the directory that holds a file survive a power cut.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        #[cfg(unix)]
        Some(folder) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn delete(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Durability, Page,
        fixture::{History, RUST},
        open, open_reader, page,
    };

    /// A file with more messages than are copied at once, the last of which are only in its log.
    fn history(folder: &Path) -> (History, PathBuf) {
        let path = folder.join("parla.db");
        let mut history = History::on(open(&path, Durability::Os).unwrap());
        for number in 0..3 {
            history.say(RUST, &format!("{number} {}", "long ".repeat(1_000_000)));
        }
        history.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        history.say(RUST, "in the log");
        (history, path)
    }

    fn texts(path: &Path) -> Vec<String> {
        let connection = open_reader(path).unwrap();
        let found = page(&connection, RUST, Page::Latest { after: None }, 9).unwrap();
        found.into_iter().map(|message| message.text).collect()
    }

    #[test]
    fn a_copy_has_everything_and_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (history, path) = history(folder.path());
        let mut seen = Vec::new();
        let copy = copy_before(&history.connection, &path, 15, &mut |copied| seen.push(copied)).unwrap();
        assert_eq!(copy, folder.path().join("parla.db.before-15"));
        assert_eq!(texts(&copy), texts(&path));
        assert_eq!(texts(&copy).last().map(String::as_str), Some("in the log"));
        assert!(
            matches!(seen[..], [Copied::Pages { .. }, .., Copied::Complete, Copied::OlderDeleted]),
            "{seen:?}"
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let sound: String =
            open_reader(&copy).unwrap().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
    }

    #[test]
    fn only_the_newest_is_kept_and_only_when_it_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let (history, path) = history(folder.path());
        for other in
            ["parla.db.before-9", "parla.db.before-me", "parla.db.before-8.unfinished", "x.db.before-9"]
        {
            fs::write(folder.path().join(other), "old").unwrap();
        }
        let is_there = |name: &str| folder.path().join(name).exists();
        copy_before(&history.connection, &path, 15, &mut |copied| match copied {
            Copied::Pages { .. } => {
                assert!(is_there("parla.db.before-9") && !is_there("parla.db.before-15"));
                assert!(!is_there("parla.db.before-8.unfinished"), "it takes room");
            }
            Copied::Complete => {
                assert!(is_there("parla.db.before-15") && !is_there("parla.db.before-15.unfinished"));
            }
            Copied::OlderDeleted => assert!(!is_there("parla.db.before-9")),
        })
        .unwrap();
        assert!(is_there("parla.db.before-me") && is_there("x.db.before-9"), "they are not ours");
        assert_eq!(copies(&path).unwrap(), [folder.path().join("parla.db.before-15")]);
        // Copies once more, over the existing copy.
        copy_before(&history.connection, &path, 15, &mut |_| {}).unwrap();
        assert_eq!(texts(&folder.path().join("parla.db.before-15")), texts(&path));
    }

    #[test]
    fn an_older_copy_that_cannot_be_deleted_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (history, path) = history(folder.path());
        fs::create_dir_all(folder.path().join("parla.db.before-9/in the way")).unwrap();
        let error = copy_before(&history.connection, &path, 15, &mut |_| {}).unwrap_err().to_string();
        assert!(error.starts_with("cannot delete the older copy ") && error.contains("before-9"), "{error}");
        assert_eq!(texts(&folder.path().join("parla.db.before-15")), texts(&path));
    }

    #[test]
    fn a_copy_that_cannot_be_made_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (history, path) = history(folder.path());
        fs::create_dir_all(folder.path().join("parla.db.before-15/in the way")).unwrap();
        let error = copy_before(&history.connection, &path, 15, &mut |_| {}).unwrap_err();
        assert!(error.to_string().contains("cannot write the copy"), "{error}");
        assert!(!folder.path().join("parla.db.before-15.unfinished").exists());
    }
}
