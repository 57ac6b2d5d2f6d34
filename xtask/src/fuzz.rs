//! `cargo xtask fuzz`: runs each target of `fuzz/` for a while.

use std::{
    fs,
    path::Path,
    process::{Command, ExitCode},
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{steps::Steps, tools};

/// Fuzzes `target`, or every target in turn, each for `seconds`.
///
/// # Errors
/// cargo-fuzz, a nightly toolchain or the target is missing; the message says how to get it.
pub(crate) fn fuzz(target: Option<&str>, seconds: u32) -> Result<ExitCode> {
    let known = targets(&tools::root().join("fuzz/fuzz_targets"))?;
    let chosen = match target {
        None => known,
        Some(name) if known.iter().any(|other| other == name) => vec![name.to_owned()],
        Some(name) => bail!("there is no fuzz target {name}; there are {}", known.join(", ")),
    };
    ensure!(
        tools::answers(nightly_cargo().arg("--version")),
        "fuzzing needs a nightly toolchain; type `rustup toolchain install nightly`"
    );
    ensure!(
        tools::answers(nightly_cargo().args(["fuzz", "--version"])),
        "fuzzing needs cargo-fuzz; type `cargo install cargo-fuzz`"
    );
    tools::require_c_compiler()?;
    let mut steps = Steps::default();
    for name in &chosen {
        let limit = format!("-max_total_time={seconds}");
        steps.run(name, nightly_cargo().args(["fuzz", "run", name, "--", &limit]));
    }
    Ok(steps.finish())
}

/// The names of the files in `folder`, which cargo-fuzz calls targets.
fn targets(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("{} cannot be read", folder.display()))?.path();
        if path.extension().is_some_and(|extension| extension == "rs")
            && let Some(stem) = path.file_stem()
        {
            names.push(stem.to_string_lossy().into_owned());
        }
    }
    ensure!(!names.is_empty(), "{} holds no fuzz target", folder.display());
    names.sort();
    Ok(names)
}

/// A nightly cargo. Our own cargo would pass its path on to the tools that it starts, and it is not nightly.
fn nightly_cargo() -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo"]).current_dir(tools::root());
    command.env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    command
}
