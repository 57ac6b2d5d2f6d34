//! The compiler for the browser: which one exists, and how to get one.
//!
//! It compiles the standard library too, which takes a minute once and makes the page a fifth smaller: a
//! panic becomes a trap without a message, and code that would only print the message is left out. The source
//! comes from rustup; where that cannot be downloaded, Debian has it together with a compiler for its web
//! browsers. Without either, rustup's precompiled library is used.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{
    debian::{self, Packages},
    tools,
};

/// The target triple of the browser.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The oldest compiler that can build the app: `1.95`.
const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_LINKER: &str = "wasm-ld-16";
const DEBIAN_PACKAGES: Packages = &["rustc-web", "rust-web-src", "lld-16"];

/// The options of rustc that make the code small. Nothing that the page shows or stores is formatted with
/// `{:?}`.
const SMALL: &str = "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none";

/// The source of the standard library is several megabytes, which takes time on a slow connection.
const DOWNLOAD_TIME_MAX: Duration = Duration::from_secs(300);
/// If there is an alternative, a stalled download is given up sooner.
const DOWNLOAD_TIME_WITH_DEBIAN_MAX: Duration = Duration::from_secs(20);

/// The ways to compile for the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compiler {
    /// The compiler for everything else, with the source of the standard library.
    Own,
    /// Debian's compiler, which comes with the source.
    Debian,
    /// The compiler for everything else, with the precompiled standard library. The result is too large.
    OwnWithoutSource,
}

impl Compiler {
    /// The way that exists or can be installed.
    ///
    /// # Errors
    /// There is none; the message says what to type.
    pub(crate) fn find() -> Result<Self> {
        if own_is_ready() {
            return Ok(Self::Own);
        }
        // It was installed because the download failed, so the download is not tried again.
        if debian_is_ready() {
            return Ok(Self::Debian);
        }
        let Err(no_download) = download() else { return Ok(Self::Own) };
        tools::say(&format!("{no_download:#}"));
        match debian::install("a compiler for the browser", DEBIAN_PACKAGES) {
            Ok(()) if debian_is_ready() => Ok(Self::Debian),
            Ok(()) => bail!(
                "Debian's compiler for the browser is still missing after its installation, or older than {OLDEST}; \
                 Debian's security updates have a newer one"
            ),
            Err(_) if own_library_is_there() => {
                tools::say("The app in the browser becomes larger than it should be.");
                Ok(Self::OwnWithoutSource)
            }
            Err(error) => {
                Err(error.context(format!("{no_download:#}, and Debian's compiler cannot be had either")))
            }
        }
    }

    /// Whether the result is as small as it should be.
    pub(crate) fn is_small(self) -> bool {
        self != Self::OwnWithoutSource
    }

    /// A `cargo build` for the browser.
    pub(crate) fn build(self) -> Command {
        let mut command = tools::cargo(&["build", "--target", TARGET]);
        // These are meant for this machine.
        command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        if self == Self::OwnWithoutSource {
            return command;
        }
        command.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
        command.env("RUSTC_BOOTSTRAP", "1");
        if self == Self::Debian {
            let flags = format!("{SMALL} -Clinker={DEBIAN_LINKER} -Clinker-flavor=wasm-ld");
            command.env("RUSTC", DEBIAN_RUSTC).env("RUSTFLAGS", flags)
        } else {
            command.env("RUSTFLAGS", SMALL)
        };
        command
    }
}

/// A query to the compiler for everything else.
fn own_rustc(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command.args(arguments).current_dir(tools::root());
    command
}

/// Whether the compiler has the source of the standard library.
fn own_is_ready() -> bool {
    printed_path(&mut own_rustc(&["--print", "sysroot"])).is_some_and(|root| has_source(&root))
}

/// Whether the compiler has the precompiled standard library for the browser.
fn own_library_is_there() -> bool {
    let library = printed_path(&mut own_rustc(&["--print", "target-libdir", "--target", TARGET]));
    library.is_some_and(|library| library.is_dir())
}

fn debian_is_ready() -> bool {
    let root = printed_path(Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"]));
    root.is_some_and(|root| has_source(&root))
        && printed(Command::new(DEBIAN_RUSTC).arg("--version")).is_some_and(|line| is_new_enough(&line))
        && tools::answers(Command::new(DEBIAN_LINKER).arg("--version"))
}

/// Whether a compiler that calls itself `rustc 1.96.0 (…)` can build the app.
fn is_new_enough(line: &str) -> bool {
    let numbers = |version: &str| {
        let mut numbers = version.split('.').map(|number| number.parse::<u32>().ok());
        Some((numbers.next()??, numbers.next()??))
    };
    let version = line.split_whitespace().nth(1).and_then(numbers);
    version.is_some_and(|version| Some(version) >= numbers(OLDEST))
}

fn has_source(sysroot: &Path) -> bool {
    sysroot.join("lib/rustlib/src/rust/library/std").is_dir()
}

/// The path that a command prints.
fn printed_path(command: &mut Command) -> Option<PathBuf> {
    printed(command).map(PathBuf::from)
}

/// What a command prints, if it succeeds.
fn printed(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Makes rustup download the source of the standard library.
fn download() -> Result<()> {
    let typed = "rustup component add rust-src";
    if !tools::answers(Command::new("rustup").arg("--version")) {
        bail!("there is no source of the standard library, and no rustup to get it with");
    }
    let patience = if debian::can_install() { DOWNLOAD_TIME_WITH_DEBIAN_MAX } else { DOWNLOAD_TIME_MAX };
    tools::say(&format!("The app in the browser needs one more download: {typed}"));
    let mut command = Command::new("rustup");
    let command =
        command.args(["component", "add", "rust-src"]).current_dir(tools::root()).stdin(Stdio::null());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiler_is_new_enough_or_not() {
        for line in [format!("rustc {OLDEST}.0 (59807616e 2026-04-14)"), "rustc 2.0.0".to_owned()] {
            assert!(is_new_enough(&line), "{line}");
        }
        // Debian 12 without its security updates, a number that only looks larger, and no version at all.
        for line in
            ["rustc 1.85.0 (4d91de4e4 2025-02-17) (built from a source tarball)", "rustc 1.9.0", "rustc", ""]
        {
            assert!(!is_new_enough(line), "{line}");
        }
    }
}
