//! `cargo xtask web`: the app for the browser, as a folder that the server embeds.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};

use crate::{
    tools,
    wasm::{self, Compiler},
};

const PACKAGE: &str = "parla-web";
const PROFILE: &str = "wasm";

/// Builds the app for the browser.
///
/// # Errors
/// As [`build`].
pub(crate) fn web() -> Result<ExitCode> {
    build()?;
    Ok(ExitCode::SUCCESS)
}

/// Compiles the app and assembles `target/web`, each only if something has changed.
///
/// # Errors
/// There is no compiler for the browser, the code does not compile, or the app is too large.
pub(crate) fn build() -> Result<()> {
    let folder = folder();
    // It has its own folder: with Debian's compiler everything would otherwise be rebuilt each time.
    let target = tools::target()?.join("wasm");
    let compiler = Compiler::find()?;
    let mut build = compiler.build();
    build.args(["--profile", PROFILE, "--package", PACKAGE, "--target-dir"]).arg(&target);
    tools::run_to_end(&mut build).context("the app for the browser did not build")?;
    let app = target.join(wasm::TARGET).join(PROFILE).join(PACKAGE).with_extension("wasm");
    let mut bundle = tools::cargo(&["run", "--quiet", "--package", "bundle", "--"]);
    if !compiler.is_small() {
        bundle.arg("--any-size");
    }
    tools::run_to_end(bundle.arg(app).arg(folder)).context("the app for the browser was not put together")
}

/// Whether it has ever been built.
pub(crate) fn is_there() -> bool {
    folder().join("index.html").is_file()
}

/// The folder in which parlad's build script looks.
fn folder() -> PathBuf {
    tools::root().join("target/web")
}
