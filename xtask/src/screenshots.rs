//! `cargo xtask screenshots`: the pictures of the README, from the app as it is now.

use std::process::ExitCode;

use anyhow::Result;

use crate::{test, tools, web};

/// Where the pictures go.
const FOLDER: &str = "docs/images";

/// Builds the app and has a test hold a conversation in a real browser and take the pictures.
///
/// # Errors
/// There is no browser, or the app does not build or behave.
pub(crate) fn screenshots() -> Result<ExitCode> {
    test::require_browser()?;
    web::build()?;
    let folder = tools::root().join(FOLDER);
    let arguments = ["test", "--package", "parlad", "--test", "app", "--", "--ignored", "screenshots"];
    tools::run_to_end(tools::cargo(&arguments).env("SCREENSHOTS", folder))?;
    Ok(ExitCode::SUCCESS)
}
