//! The link with which the first person comes to own the server. It is printed when the server starts, and kept in
//! a file that only its user can read, until somebody has used it.

use std::{
    fs,
    io::{self, ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

/// The name of the file in the data directory.
const NAME: &str = "setup-link";

/// The file with the link.
#[derive(Clone, Debug)]
pub(crate) struct File(PathBuf);

impl File {
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self(data_dir.join(NAME))
    }

    /// Writes the link.
    pub(crate) fn write(&self, link: &str) -> io::Result<()> {
        // A file that exists keeps its permissions, whatever they are.
        self.remove();
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.0)?;
        writeln!(file, "{link}")
    }

    /// Removes the file, if there is one. The link in it leads nowhere by then.
    pub(crate) fn remove(&self) {
        if let Err(error) = fs::remove_file(&self.0)
            && error.kind() != ErrorKind::NotFound
        {
            tracing::warn!(%error, "cannot remove {NAME} in the data directory; its link leads nowhere any more");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn only_the_servers_user_reads_the_link() {
        let folder = tempfile::tempdir().unwrap();
        let file = File::new(folder.path());
        file.remove();
        fs::write(folder.path().join(NAME), "old").unwrap();
        file.write("http://127.0.0.1/i/code").unwrap();
        let path = folder.path().join(NAME);
        assert_eq!(fs::read_to_string(&path).unwrap(), "http://127.0.0.1/i/code\n");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        file.remove();
        assert!(!path.exists());
    }
}
