//! `cargo xtask screenshots`: the pictures of the README, taken from the current app.

use std::process::ExitCode;

use anyhow::Result;

use crate::{test, tools, web};

/// The folder of the pictures.
const FOLDER: &str = "docs/images";

/// Builds the app, and runs a test that holds a conversation in a real browser and takes the pictures.
///
/// # Errors
/// There is no browser, or the app does not build or fails.
pub(crate) fn screenshots() -> Result<ExitCode> {
    test::require_browser()?;
    web::build()?;
    let folder = tools::root().join(FOLDER);
    let arguments = ["test", "--package", "parlad", "--test", "app", "--", "--ignored", "screenshots"];
    tools::run_to_end(tools::cargo(&arguments).env("SCREENSHOTS", folder))?;
    Ok(ExitCode::SUCCESS)
}
