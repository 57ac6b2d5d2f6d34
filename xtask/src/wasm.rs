//! A compiler for the browser's machine: which there is, and how to get one.
//!
//! Rust's own comes from rustup. Where that cannot be downloaded, Debian has one with the source of the standard library, made
//! for its web browsers.

use std::{
    env,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{
    debian::{self, Packages},
    tools,
};

/// The browser's machine.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_LINKER: &str = "wasm-ld-16";
const DEBIAN_PACKAGES: Packages = &["rustc-web", "rust-web-src", "lld-16"];

/// The standard library for [`TARGET`] has 20 MB; a slow line takes its time.
const DOWNLOAD_TIME_MAX: Duration = Duration::from_secs(300);
/// Where there is another way, a line on which nothing moves is left sooner.
const DOWNLOAD_TIME_WITH_DEBIAN_MAX: Duration = Duration::from_secs(20);

/// What compiles for the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compiler {
    /// The one that compiles everything else.
    Own,
    /// Debian's, which compiles the standard library too.
    Debian,
}

impl Compiler {
    /// What is there, or what can be had.
    ///
    /// # Errors
    /// Nothing can be had; the message says what to type.
    pub(crate) fn find() -> Result<Self> {
        if own_is_ready() {
            return Ok(Self::Own);
        }
        // It was installed because the download failed, so that is not tried again.
        if debian_is_ready() {
            return Ok(Self::Debian);
        }
        let Err(no_download) = download() else { return Ok(Self::Own) };
        tools::say(&format!("{no_download:#}"));
        debian::install("a compiler for the browser", DEBIAN_PACKAGES)
            .with_context(|| format!("{no_download:#}, and Debian's compiler cannot be had either"))?;
        ensure!(
            debian_is_ready(),
            "Debian's compiler for the browser is still missing after its installation"
        );
        Ok(Self::Debian)
    }

    /// A `cargo build` for the browser.
    pub(crate) fn build(self) -> Command {
        let mut command = tools::cargo(&["build", "--target", TARGET]);
        // They are meant for this machine.
        command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        if self == Self::Debian {
            command
                .arg("-Zbuild-std=std,panic_abort")
                .env("RUSTC", DEBIAN_RUSTC)
                .env("RUSTC_BOOTSTRAP", "1")
                .env("RUSTFLAGS", format!("-Clinker={DEBIAN_LINKER} -Clinker-flavor=wasm-ld"));
        }
        command
    }
}

/// Whether the compiler has the standard library for the browser.
fn own_is_ready() -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(rustc);
    let output =
        command.args(["--print", "target-libdir", "--target", TARGET]).current_dir(tools::root()).output();
    output.is_ok_and(|output| {
        output.status.success() && Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir()
    })
}

fn debian_is_ready() -> bool {
    let output = Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"]).output();
    let has_source = output.is_ok_and(|output| {
        let root = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Path::new(&root).join("lib/rustlib/src/rust/library/std").is_dir()
    });
    has_source && tools::answers(Command::new(DEBIAN_LINKER).arg("--version"))
}

/// Lets rustup download the standard library for the browser.
fn download() -> Result<()> {
    let typed = format!("rustup target add {TARGET}");
    if !tools::answers(Command::new("rustup").arg("--version")) {
        bail!("there is no standard library for {TARGET}, and no rustup to get it with");
    }
    let patience = if debian::can_install() { DOWNLOAD_TIME_WITH_DEBIAN_MAX } else { DOWNLOAD_TIME_MAX };
    tools::say(&format!("The app in the browser needs one more download: {typed}"));
    let mut command = Command::new("rustup");
    let command = command.args(["target", "add", TARGET]).current_dir(tools::root()).stdin(Stdio::null());
    let mut child = command.spawn().with_context(|| format!("`{typed}` cannot be started"))?;
    let begin = Instant::now();
    while begin.elapsed() < patience {
        if let Some(status) = child.try_wait()? {
            ensure!(status.success() && own_is_ready(), "`{typed}` failed");
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    child.kill()?;
    child.wait()?;
    bail!("`{typed}` did not end in {} s", patience.as_secs())
}
