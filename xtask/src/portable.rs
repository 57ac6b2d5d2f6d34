//! `cargo xtask portable`: whether the crates that know nothing of the system also compile for other systems.
//!
//! The programs themselves are left out: SQLite needs a C compiler for the other system, and the app for the
//! desktop needs that system's web view.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::{steps::Steps, tools};

/// The systems besides this one on which the app is to run.
const TARGETS: &[&str] = &["x86_64-pc-windows-gnu", "aarch64-apple-darwin"];

/// The pure crates, and the interface.
const PACKAGES: &[&str] = &["parla-proto", "parla-server", "parla-client", "parla-engine", "parla-ui"];

/// Checks each crate for each system. Lets rustup get the standard library of a system where it is missing.
///
/// # Errors
/// Never returns one; the steps report what is missing.
pub(crate) fn portable() -> Result<ExitCode> {
    let mut steps = Steps::default();
    for target in TARGETS {
        let typed = format!("rustup target add {target}");
        if !tools::answers(Command::new("rustup").args(["target", "add", target])) {
            steps.fail(target, &format!("its standard library is missing; type `{typed}`"));
            continue;
        }
        let mut check = tools::cargo(&["check", "--locked", "--target", target]);
        check.args(PACKAGES.iter().flat_map(|package| ["--package", package]));
        steps.run(target, &mut check);
    }
    Ok(steps.finish())
}
