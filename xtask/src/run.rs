//! `cargo xtask run`: a server from the source tree.
//!
//! On Unix parlad replaces this process, so signals and the exit code are its own.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::tools;

/// Builds parlad and becomes `parlad run ARGUMENTS`. Data lands where the command was typed.
///
/// # Errors
/// The build fails or the binary cannot be started.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    tools::build_release(&["parlad"])?;
    let mut command = Command::new(tools::release_binary("parlad")?);
    command.arg("run").args(arguments);
    replace_with(command)
}

#[cfg(unix)]
fn replace_with(mut command: Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;

    use anyhow::Context as _;

    // Only comes back if it failed.
    let error = command.exec();
    Err(error).with_context(|| format!("{} cannot be started", command.get_program().to_string_lossy()))
}

#[cfg(not(unix))]
fn replace_with(mut command: Command) -> Result<ExitCode> {
    let code = command.status()?.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
