//! Where the tools are, whether they exist, and what to type when they do not.
//!
//! Also starts them, and knows where cargo puts its output.

use std::{
    env,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::debian;

/// Prints one line for the person who typed the command.
pub(crate) fn say(line: &str) {
    // If standard error is closed, there is nobody to tell.
    drop(writeln!(std::io::stderr(), "{line}"));
}

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// The cargo that runs us, with the repository as its directory.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// Whether `cargo NAME` is installed.
pub(crate) fn has_cargo_command(name: &str) -> bool {
    answers(&mut cargo(&[name, "--version"]))
}

/// Whether the command can be started and succeeds; its output is discarded.
pub(crate) fn answers(command: &mut Command) -> bool {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Runs a command in the foreground.
///
/// # Errors
/// It cannot be started, or it fails.
pub(crate) fn run_to_end(command: &mut Command) -> Result<()> {
    let line = spelled(command);
    let status = command.status().with_context(|| format!("`{line}` cannot be started"))?;
    ensure!(status.success(), "`{line}` ended with {status}");
    Ok(())
}

/// Builds the release binaries of `packages`.
///
/// # Errors
/// A tool is missing, or the code does not compile.
pub(crate) fn build_release(packages: &[&str]) -> Result<()> {
    require_c_compiler()?;
    let mut command = cargo(&["build", "--release"]);
    for package in packages {
        command.args(["--package", package]);
    }
    if let Some(commit) = commit() {
        command.env("PARLA_VERSION", format!("{} (commit {commit})", env!("CARGO_PKG_VERSION")));
    }
    run_to_end(&mut command).with_context(|| format!("{} did not build", packages.join(" and ")))
}

/// The commit of the source tree, followed by `-dirty` if the tree differs from it; `None` if the tree is not
/// in a repository.
fn commit() -> Option<String> {
    let mut git = Command::new("git");
    git.args(["describe", "--always", "--dirty", "--abbrev=10", "--exclude=*"]).current_dir(root());
    let output = git.stderr(Stdio::null()).output().ok()?;
    let commit = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !commit.is_empty()).then_some(commit)
}

/// The folder in which cargo builds: two levels above our own binary, `target/debug/xtask`.
///
/// # Errors
/// Our own binary is not in such a folder.
pub(crate) fn target() -> Result<PathBuf> {
    let own = env::current_exe().context("the path of xtask itself is unknown")?;
    let target = own.parent().and_then(Path::parent).context("xtask does not lie in a target directory")?;
    Ok(target.to_owned())
}

/// The path of a binary that `build_release` made.
///
/// # Errors
/// The binary does not exist.
pub(crate) fn release_binary(name: &str) -> Result<PathBuf> {
    let binary = target()?.join("release").join(name).with_extension(env::consts::EXE_EXTENSION);
    ensure!(binary.is_file(), "{} is missing although the build succeeded", binary.display());
    Ok(binary)
}

/// Replaces this process by a command.
///
/// # Errors
/// It cannot be started.
#[cfg(unix)]
pub(crate) fn become_command(mut command: Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;

    // This returns only if it failed.
    let error = command.exec();
    Err(error).with_context(|| format!("{} cannot be started", command.get_program().to_string_lossy()))
}

/// Runs a command to its end and returns its exit code.
///
/// # Errors
/// It cannot be started.
#[cfg(not(unix))]
pub(crate) fn become_command(mut command: Command) -> Result<ExitCode> {
    let code = command.status()?.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Makes sure that there is a C compiler, because SQLite is C source that is compiled with the server.
///
/// # Errors
/// There is none and it cannot be installed; the message says what to type.
pub(crate) fn require_c_compiler() -> Result<()> {
    if cfg!(windows) || c_compiler_works() {
        return Ok(());
    }
    if let Ok(named) = env::var("CC") {
        bail!("SQLite is built with the C compiler that CC names, and `{named}` does not work");
    }
    debian::install("a C compiler, with its headers, for SQLite", &["build-essential"])?;
    ensure!(c_compiler_works(), "the C compiler still does not work after its installation");
    Ok(())
}

/// The C compiler that CC names, or the default one.
pub(crate) fn c_compiler() -> Command {
    let named = env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let mut words = named.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or("cc"));
    command.args(words);
    command
}

/// Whether the compiler can read a header: it is of no use without those of the C library.
fn c_compiler_works() -> bool {
    let mut command = c_compiler();
    command.args(["-E", "-x", "c", "-"]);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let Ok(mut child) = child else { return false };
    let written =
        child.stdin.take().is_some_and(|mut input| input.write_all(b"#include <stdio.h>\n").is_ok());
    child.wait().is_ok_and(|status| status.success()) && written
}

/// The command as one would type it.
fn spelled(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or(command.get_program());
    let mut line = program.to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_a_sentence() {
        let error = run_to_end(Command::new("/no/such/tool").arg("--now")).unwrap_err();
        assert_eq!(error.to_string(), "`tool --now` cannot be started");
        let error = run_to_end(Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(error.to_string(), "`sh -c exit 3` ended with exit status: 3");
    }

    #[test]
    fn a_tool_is_there_or_not() {
        assert!(answers(Command::new("sh").args(["-c", "echo fine"])));
        assert!(!answers(&mut Command::new("/no/such/tool")));
        assert!(!has_cargo_command("no-such-command"));
    }
}
