//! axe-core, which finds barriers that keep people from using a page: downloaded for the tests in the
//! browser, never shipped.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};

use crate::{debian, tools};

/// The name and version of the npm package.
const BY_NPM: &str = "axe-core@4.12.1";
/// A Python package that contains the same file.
const BY_PIP: &str = "axe-playwright-python==0.1.8";

/// The start of the file, wherever it comes from.
const BEGIN: &[u8] = b"/*! axe v4.12.1\n";

/// Puts the file into `target/axe/axe.min.js`, with npm or pip.
///
/// # Errors
/// Neither npm nor pip exists, or the download fails.
pub(crate) fn fetch() -> Result<()> {
    let folder = tools::root().join("target/axe");
    if is_wanted(&folder.join("axe.min.js")) {
        return Ok(());
    }
    let new = folder.with_extension("new");
    drop(fs::remove_dir_all(&new));
    fs::create_dir_all(&new).with_context(|| format!("{} cannot be made", new.display()))?;
    let fetched = if tools::answers(Command::new("npm").arg("--version")) {
        by_npm(&new)?
    } else {
        if !has_pip() {
            debian::install("npm or pip, by which axe-core comes,", &["python3-pip"])?;
        }
        by_pip(&new)?
    };
    ensure!(is_wanted(&fetched), "{} is not the axe-core that was asked for", fetched.display());
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    fs::rename(&fetched, folder.join("axe.min.js")).context("axe.min.js cannot be moved")?;
    fs::remove_dir_all(&new).with_context(|| format!("{} cannot be removed", new.display()))
}

fn is_wanted(path: &Path) -> bool {
    fs::read(path).is_ok_and(|bytes| bytes.starts_with(BEGIN))
}

fn by_npm(folder: &Path) -> Result<PathBuf> {
    tools::run_to_end(Command::new("npm").args(["pack", "--silent", BY_NPM]).current_dir(folder))?;
    let archive = only_file(folder)?;
    let mut unpack = Command::new("tar");
    tools::run_to_end(unpack.arg("-xzf").arg(archive).arg("package/axe.min.js").current_dir(folder))?;
    Ok(folder.join("package/axe.min.js"))
}

fn has_pip() -> bool {
    tools::answers(Command::new("python3").args(["-m", "pip", "--version"]))
}

fn by_pip(folder: &Path) -> Result<PathBuf> {
    let mut download = Command::new("python3");
    download.args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", BY_PIP]);
    tools::run_to_end(download.current_dir(folder))?;
    let archive = only_file(folder)?;
    let mut unpack = Command::new("python3");
    tools::run_to_end(unpack.args(["-m", "zipfile", "-e"]).arg(archive).arg(folder))?;
    Ok(folder.join("axe_playwright_python/axe.min.js"))
}

fn only_file(folder: &Path) -> Result<PathBuf> {
    let first = fs::read_dir(folder)?.next().context("nothing was downloaded")??;
    Ok(first.path())
}
