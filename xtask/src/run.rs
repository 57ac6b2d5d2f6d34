//! `cargo xtask run`: a server from the source tree, with the app that it serves.
//!
//! On Unix parlad replaces this process, so signals and the exit code are its own.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::{tools, web};

/// Builds the app and parlad, and replaces this process by `parlad run ARGUMENTS`. Data is stored where the
/// command was typed.
///
/// Without the app the server still serves everybody with a client of their own, so it runs in any case.
///
/// # Errors
/// The build fails or the binary cannot be started.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    if let Err(error) = web::build() {
        let with = if web::is_there() { "with the one that was built last" } else { "without it" };
        tools::say(&format!(
            "The app for the browser cannot be built now, so the server starts {with}: {error:#}."
        ));
    }
    tools::build_release(&["parlad"])?;
    let mut command = Command::new(tools::release_binary("parlad")?);
    command.arg("run").args(arguments);
    tools::become_command(command)
}
