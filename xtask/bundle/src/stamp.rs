//! Knows whether the folder was made from the same inputs, so that it need not be made again.
//!
//! The stamp is beside the folder, because everything inside is embedded by the server.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use crate::page::Assets;

/// The hash of everything that a folder is made from.
pub(crate) struct Stamp {
    path: PathBuf,
    text: String,
}

impl Stamp {
    /// The hash of the app, the static files, and this program.
    ///
    /// # Errors
    /// The program cannot be read.
    pub(crate) fn of(folder: &Path, app: &[u8], assets: &Assets) -> Result<Self> {
        let program = env::current_exe().and_then(fs::read).context("the program cannot read itself")?;
        let sum = hash((program, app, &assets.0));
        Ok(Self { path: folder.with_extension("stamp"), text: format!("{sum:016x}\n") })
    }

    /// Whether the folder has this stamp. An empty folder has none: the server's build makes it where there
    /// is no app.
    pub(crate) fn is_on(&self, folder: &Path) -> bool {
        folder.join("index.html").is_file()
            && fs::read_to_string(&self.path).is_ok_and(|text| text == self.text)
    }

    /// Writes the stamp.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn put(&self) -> Result<()> {
        fs::write(&self.path, &self.text)
            .with_context(|| format!("{} cannot be written", self.path.display()))
    }
}

/// A hash that is the same for the same content on every machine. It does not protect against somebody who
/// wants two contents to look the same.
pub(crate) fn hash(content: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    hasher.finish()
}
