//! Packages of Debian and its kin: installed for root, named to everybody else.

use std::{path::Path, process::Command};

use anyhow::{Result, bail};

use crate::tools;

/// What `apt-get` knows as these names.
pub(crate) type Packages = &'static [&'static str];

/// Whether packages can be installed without asking anybody.
pub(crate) fn can_install() -> bool {
    is_debian() && is_root()
}

/// Installs the packages, because `missing` is not there.
///
/// # Errors
/// This is no Debian, or we are not root, or the packages cannot be had; the message says what to type.
pub(crate) fn install(missing: &str, packages: Packages) -> Result<()> {
    let names = packages.join(" ");
    if !is_debian() {
        bail!("{missing} is missing; install what Debian has in `{names}` and try again");
    }
    let line = format!("apt-get install --yes {names}");
    if !is_root() {
        bail!("{missing} is missing; type `sudo {line}` and try again");
    }
    tools::say(&format!("{missing} is missing. Installing it: {line}"));
    tools::run_to_end(Command::new("apt-get").args(["--quiet", "update"]))?;
    let mut command = Command::new("apt-get");
    command.args(["--quiet", "install", "--yes"]).args(packages).env("DEBIAN_FRONTEND", "noninteractive");
    tools::run_to_end(&mut command)
}

fn is_debian() -> bool {
    Path::new("/etc/debian_version").exists()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
