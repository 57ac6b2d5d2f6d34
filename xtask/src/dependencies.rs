//! The dependencies, which cargo-deny checks by the rules of `deny.toml`. It is installed if it is missing.

use std::process::Command;

use anyhow::{Context as _, Result};

use crate::{consent, steps::Steps, tools};

/// The name and version of the package. Another version may understand `deny.toml` in another way.
const CARGO_DENY: &str = "cargo-deny@0.20.2";

/// What has a `Cargo.lock` of its own: its name, its manifest, and what may be passed over in silence there.
const TREES: &[(&str, &str, &[&str])] = &[
    ("", "Cargo.toml", &[]),
    // The exceptions were made for the other one.
    (" of the fuzz targets", "fuzz/Cargo.toml", &["--allow", "advisory-not-detected"]),
];

/// Without drawing everything that is above a crate that comes in two versions.
const CHECK: &[&str] = &["check", "--hide-inclusion-graph"];

/// Checks the dependencies. Known vulnerabilities are in a list that must be downloaded; if that is not
/// possible, everything else is checked nevertheless.
pub(crate) fn check(steps: &mut Steps) {
    if let Err(why) = require() {
        return steps.leave_out("dependencies", &format!("{why:#}"));
    }
    for (whose, manifest, _) in TREES {
        let mut rules = deny(manifest, &[CHECK, &["bans", "licenses", "sources"]].concat());
        steps.run(&format!("dependencies{whose}"), &mut rules);
    }
    if !tools::answers(&mut deny("Cargo.toml", &["fetch", "db"])) {
        return steps.skip("vulnerabilities", "the list of known vulnerabilities cannot be downloaded");
    }
    for (whose, manifest, silent) in TREES {
        // Everything has been downloaded by now.
        let mut list = deny(manifest, &[&["--offline"], CHECK, silent, &["advisories"]].concat());
        steps.run(&format!("vulnerabilities{whose}"), &mut list);
    }
}

/// A `cargo deny` for the crates of one manifest.
fn deny(manifest: &str, arguments: &[&str]) -> Command {
    tools::cargo(
        &[&["deny", "--locked", "--manifest-path", manifest, "--config", "deny.toml"], arguments].concat(),
    )
}

/// Makes sure that there is a cargo-deny.
///
/// # Errors
/// It is missing and was not installed; the message says what to type.
fn require() -> Result<()> {
    if tools::has_cargo_command("deny") {
        return Ok(());
    }
    let line = ["install", "--locked", "--debug", CARGO_DENY];
    consent::ask("cargo-deny", &format!("cargo {}", line.join(" ")))?;
    // It is built in a temporary folder, and without what only a debugger needs, which takes half of the time.
    let mut install = tools::cargo(&line);
    install.env_remove("CARGO_TARGET_DIR").env("CARGO_PROFILE_DEV_DEBUG", "false");
    tools::run_to_end(&mut install).context("cargo-deny cannot be installed")
}
