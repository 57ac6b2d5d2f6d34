//! Starts the program again in its own process: RESTART.
//!
//! The process keeps its number, so whatever supervises it sees nothing. Everything that was open is closed first: the database
//! with its lock by the threads that end, sockets by the system, as they are not inherited. The ports are free for some
//! milliseconds; who connects then is refused and tries again.

use std::{env, ffi::OsString, os::unix::process::CommandExt as _, path::PathBuf, process::Command};

use anyhow::Context as _;

/// The program and what it was called with. Found out at the start: by the time of a restart a newer one may stand in its place,
/// and that is the one that is wanted.
#[derive(Debug)]
pub(crate) struct Program {
    path: PathBuf,
    args: Vec<OsString>,
}

impl Program {
    /// This one.
    pub(crate) fn running() -> anyhow::Result<Self> {
        let path = env::current_exe().context("cannot find out where this program is")?;
        // Damage is accepted once.
        let args = env::args_os().skip(1).filter(|arg| arg != "--accept-damage");
        Ok(Self { path, args: args.collect() })
    }

    /// Becomes the program anew. Comes back only if that fails.
    pub(crate) fn start_again(&self) -> anyhow::Result<()> {
        let error = Command::new(&self.path).args(&self.args).exec();
        Err(error).with_context(|| format!("cannot start {} again", self.path.display()))
    }
}
