//! `cargo xtask test`: every test there is. Formatting and lints are `cargo xtask lint`.

use std::process::ExitCode;

use anyhow::Result;

use crate::{steps::Steps, tools};

/// Runs the tests with nextest if it is there, with cargo's own runner if not; then the examples in the documentation.
///
/// # Errors
/// A tool that the build needs is missing.
pub(crate) fn test() -> Result<ExitCode> {
    tools::require_c_compiler()?;
    let mut steps = Steps::default();
    if tools::has_cargo_command("nextest") {
        steps.run("tests", &mut tools::cargo(&["nextest", "run", "--workspace", "--profile", "ci"]));
    } else {
        tools::say(
            "cargo-nextest is not installed, so cargo's own test runner is used. It runs the same tests, \
             more slowly. To install it: cargo install --locked cargo-nextest",
        );
        let arguments = ["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"];
        steps.run("tests", &mut tools::cargo(&arguments));
    }
    steps.run("documentation tests", &mut tools::cargo(&["test", "--quiet", "--doc", "--workspace"]));
    Ok(steps.finish())
}
