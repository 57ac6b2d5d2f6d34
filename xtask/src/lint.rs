//! `cargo xtask lint`: checks the code without running it.

use std::process::ExitCode;

use anyhow::Result;

use crate::{app, dependencies, steps::Steps, tools};

const CLIPPY: &[&str] = &["clippy", "--workspace", "--all-targets", "--locked"];
const CLIPPY_STRICT: &[&str] = &["--", "-D", "warnings"];
const WITHOUT_DESKTOP: &[&str] = &["--exclude", "parla"];

/// Checks formatting, lints and dependencies; all three, even if one fails.
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
        clippy(&mut steps);
    } else {
        steps.fail("lints", "clippy is missing; type `rustup component add clippy`");
    }
    dependencies::check(&mut steps);
    Ok(steps.finish())
}

/// Lints everything for this machine, and the app for the browser. The desktop app is included only where the
/// system's web view exists.
fn clippy(steps: &mut Steps) {
    if app::web_view_is_there() {
        return steps.run("lints", &mut tools::cargo(&[CLIPPY, CLIPPY_STRICT].concat()));
    }
    steps.run("lints", &mut tools::cargo(&[CLIPPY, WITHOUT_DESKTOP, CLIPPY_STRICT].concat()));
    let why = "the system's web view is missing; `cargo xtask app` says how to get it";
    steps.leave_out("lints of the app for the desktop", why);
}
