//! `cargo xtask bench`: compares parlad with other servers, on this machine.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::tools;

/// Builds the server and the load generator, and runs `parla-bench compare ARGUMENTS` with this parlad unless
/// the arguments name another one.
///
/// # Errors
/// The build or the benchmark fails.
pub(crate) fn bench(arguments: &[String]) -> Result<ExitCode> {
    tools::build_release(&["parlad", "parla-bench"])?;
    let mut command = Command::new(tools::release_binary("parla-bench")?);
    command.arg("compare");
    if !arguments.iter().any(|argument| argument.starts_with("--parlad")) {
        command.arg("--parlad").arg(tools::release_binary("parlad")?);
    }
    tools::run_to_end(command.args(arguments))?;
    Ok(ExitCode::SUCCESS)
}
