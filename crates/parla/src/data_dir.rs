//! The directory in which the program stores everything, and the lock that lets only one program use it.

use std::{
    fs::{self, DirBuilder, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use thiserror::Error;

/// A directory that no other running program uses.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    /// The lock file, which is held locked while the program runs.
    _lock: File,
}

/// Why the directory cannot be used.
#[derive(Debug, Error)]
pub(crate) enum DataDirError {
    #[error("there is no place to keep data in; give one with --data-dir")]
    NoPlace,
    #[error("cannot use the directory {}: {reason}", path.display())]
    Directory {
        path: PathBuf,
        #[source]
        reason: io::Error,
    },
    #[error("already running with the directory {}; use its window, or give another with --data-dir", .0.display())]
    InUse(PathBuf),
}

impl DataDir {
    /// Creates the directory so that only its owner can read it, and locks it. If none was chosen, it is the
    /// system's place for the person's data.
    pub(crate) fn lock(chosen: Option<&Path>) -> Result<Self, DataDirError> {
        let path = match chosen {
            Some(path) => path.to_owned(),
            None => dirs::data_dir().ok_or(DataDirError::NoPlace)?.join("parla"),
        };
        let failed = |reason| DataDirError::Directory { path: path.clone(), reason };
        make(&path).map_err(failed)?;
        let lock = File::create(path.join("parla.lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DataDirError::InUse(path)),
            Err(TryLockError::Error(reason)) => Err(failed(reason)),
        }
    }

    /// The file of the store.
    pub(crate) fn store(&self) -> PathBuf {
        self.path.join("store.db")
    }

    /// The file in which older versions stored their settings.
    pub(crate) fn settings_before(&self) -> PathBuf {
        self.path.join("settings.json")
    }

    /// The folder for the messages of the networks.
    pub(crate) fn archives(&self) -> PathBuf {
        self.path.join("messages")
    }

    /// The socket on which a second program asks this one to show its window.
    pub(crate) fn socket(&self) -> PathBuf {
        socket(&self.path)
    }

    /// The folder for the web view's own data.
    pub(crate) fn web_view(&self) -> PathBuf {
        self.path.join("webview")
    }
}

/// The socket on which the program that uses this directory can be asked to show its window.
pub(crate) fn socket(directory: &Path) -> PathBuf {
    directory.join("parla.socket")
}

/// Creates a directory that only its owner can read. An existing one is left as it is.
pub(crate) fn make(path: &Path) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|found| found.is_dir()) {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_one_program() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one/two");
        let first = DataDir::lock(Some(&path)).unwrap();
        let second = DataDir::lock(Some(&path)).unwrap_err();
        assert!(matches!(second, DataDirError::InUse(_)), "{second}");
        drop(first);
        DataDir::lock(Some(&path)).unwrap();
    }

    #[test]
    fn what_is_no_directory_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "").unwrap();
        let refused = DataDir::lock(Some(&path)).unwrap_err().to_string();
        assert!(refused.contains("file"), "{refused}");
    }
}
