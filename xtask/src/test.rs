//! `cargo xtask test`: runs every test. Formatting and lints are checked by `cargo xtask lint`.

use std::process::{Command, ExitCode};

use anyhow::{Result, ensure};

use crate::{
    app, axe,
    debian::{self, Packages},
    steps::Steps,
    tools, web,
};

const CHROMIUM: Packages = &["chromium", "chromium-driver"];

/// The browser's shell can only run in a browser, and is tested there.
const TESTED: &[&str] = &["--workspace", "--exclude", "parla-web"];
const WITHOUT_DESKTOP: &[&str] = &["--exclude", "parla"];

/// The start of the names of tests that open the app in a browser.
const IN_BROWSER: &str = "in_browser::";

/// Runs the tests with nextest if it is installed, otherwise with cargo's own runner; then the examples in
/// the documentation.
///
/// # Errors
/// A tool that the build needs is missing.
pub(crate) fn test() -> Result<ExitCode> {
    tools::require_c_compiler()?;
    let mut steps = Steps::default();
    // Whatever a person may be asked comes before the builds, which take minutes.
    let browser = require_browser();
    let web_view = app::require_web_view();
    if let Err(why) = &browser {
        steps.leave_out("TESTS IN THE BROWSER", &format!("{why:#}"));
    } else {
        steps.perform("axe", axe::fetch);
        steps.perform("app for the browser", web::build);
    }
    let mut tested = TESTED.to_vec();
    if let Err(why) = web_view {
        tested.extend(WITHOUT_DESKTOP);
        steps.leave_out("tests of the app for the desktop", &format!("{why:#}"));
    }
    let skip: &[&str] = if browser.is_ok() { &[] } else { &["--skip", IN_BROWSER] };
    let mut tests = if tools::has_cargo_command("nextest") {
        tools::cargo(&["nextest", "run", "--profile", "ci"])
    } else {
        tools::say(
            "cargo-nextest is not installed, so cargo's own test runner is used. It runs the same tests, \
             more slowly. To install it: cargo install --locked cargo-nextest",
        );
        tools::cargo(&["test", "--lib", "--bins", "--tests", "--no-fail-fast"])
    };
    steps.run("tests", tests.args(&tested).arg("--").args(skip));
    steps.run("documentation tests", tools::cargo(&["test", "--quiet", "--doc"]).args(&tested));
    Ok(steps.finish())
}

/// Makes sure that a browser and the program that drives it are there.
///
/// # Errors
/// They are missing and cannot be installed.
pub(crate) fn require_browser() -> Result<()> {
    let there = || {
        let browsers = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
        let answers = |program: &str| tools::answers(Command::new(program).arg("--version"));
        answers("chromedriver") && browsers.iter().any(|browser| answers(browser))
    };
    if !there() {
        debian::install("Chromium or its driver", CHROMIUM)?;
        ensure!(there(), "Chromium or its driver is still missing after its installation");
    }
    Ok(())
}
