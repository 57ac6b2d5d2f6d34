//! `cargo xtask lint`: what can be said about the code without running it.

use std::process::ExitCode;

use anyhow::Result;

use crate::{steps::Steps, tools};

const CLIPPY: &[&str] = &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];

/// Checks formatting, lints and dependencies; all three, even if the first fails.
///
/// # Errors
/// A tool that the build needs is missing.
pub(crate) fn lint() -> Result<ExitCode> {
    tools::require_c_compiler()?;
    let mut steps = Steps::default();
    if tools::has_cargo_command("fmt") {
        steps.run("formatting", &mut tools::cargo(&["fmt", "--all", "--check"]));
    } else {
        steps.fail("formatting", "rustfmt is missing; type `rustup component add rustfmt`");
    }
    if tools::has_cargo_command("clippy") {
        steps.run("lints", &mut tools::cargo(CLIPPY));
    } else {
        steps.fail("lints", "clippy is missing; type `rustup component add clippy`");
    }
    if tools::has_cargo_command("deny") {
        steps.run("dependencies", &mut tools::cargo(&["deny", "check"]));
    } else {
        let why = "cargo-deny is not installed; licenses are checked by `cargo xtask test` all the same. \
                   To install it: cargo install --locked cargo-deny";
        steps.skip("dependencies", why);
    }
    Ok(steps.finish())
}
