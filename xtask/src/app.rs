//! `cargo xtask app`: the desktop app, from the source tree.

use std::process::{Command, ExitCode, Stdio};

use anyhow::{Result, ensure};

use crate::{
    debian::{self, Packages},
    tools,
};

const DEBIAN_PACKAGES: Packages = &["libwebkit2gtk-4.1-dev", "libxdo-dev"];

/// Builds the app, and replaces this process by it.
///
/// # Errors
/// The system's web view is missing and cannot be installed, the build fails, or the app cannot be started.
pub(crate) fn app(arguments: &[String]) -> Result<ExitCode> {
    require_web_view()?;
    tools::build_release(&["parla"])?;
    let mut command = Command::new(tools::release_binary("parla")?);
    command.args(arguments);
    tools::become_command(command)
}

/// Makes sure that the desktop app can be built.
///
/// # Errors
/// The system's web view is missing and cannot be installed.
pub(crate) fn require_web_view() -> Result<()> {
    if !web_view_is_there() {
        debian::install("the system's web view", DEBIAN_PACKAGES)?;
        ensure!(web_view_is_there(), "the system's web view is still missing after its installation");
    }
    Ok(())
}

/// Whether the desktop app can be built. Windows and macOS come with a web view.
pub(crate) fn web_view_is_there() -> bool {
    !cfg!(target_os = "linux")
        || (tools::answers(Command::new("pkg-config").args(["--exists", "webkit2gtk-4.1"])) && can_link_xdo())
}

/// Whether libxdo can be linked. pkg-config does not know it everywhere, so the linker is asked.
fn can_link_xdo() -> bool {
    let arguments = ["-shared", "-o", "/dev/null", "-x", "c", "-", "-lxdo"];
    let status = tools::c_compiler().args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
