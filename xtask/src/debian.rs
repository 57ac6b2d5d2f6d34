//! Packages of Debian and related systems: installed for root, who is asked first at a terminal; for
//! everybody else, named.

use std::{
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::{consent, tools};

/// The package names for `apt-get`.
pub(crate) type Packages = &'static [&'static str];

/// How long to wait for another program that holds the package lock. An automatic upgrade takes some minutes.
const LOCK_TIME_MAX: Duration = Duration::from_secs(600);
const LOCK_PAUSE: Duration = Duration::from_secs(2);

/// Whether packages can be installed here at all.
pub(crate) fn can_install() -> bool {
    is_debian() && is_root()
}

/// Installs the packages, because `missing` was not found. A person at a terminal is asked first.
///
/// # Errors
/// This is not Debian, or we are not root, or the person declines, or the packages are not available; the
/// message says what to type.
pub(crate) fn install(missing: &str, packages: Packages) -> Result<()> {
    let names = packages.join(" ");
    if !is_debian() {
        bail!("{missing} is missing; install what Debian has in `{names}` and try again");
    }
    let line = format!("apt-get install --yes {names}");
    if !is_root() {
        bail!("{missing} is missing; type `sudo {line}` and try again");
    }
    consent::ask(missing, &line)?;
    let update = || apt_get(&["--quiet", "update"]);
    wait_for_lock(update, LOCK_TIME_MAX, LOCK_PAUSE).context("the list of packages cannot be had")?;
    let install = || apt_get(&[&["--quiet", "install", "--yes"], packages].concat());
    wait_for_lock(install, LOCK_TIME_MAX, LOCK_PAUSE)
}

/// The result of one run of `apt-get`.
enum Apt {
    Done,
    /// Another program holds the lock, such as an automatic upgrade.
    Locked,
    Failed(String),
}

/// Runs `apt-get` and shows its output.
fn apt_get(arguments: &[&str]) -> Result<Apt> {
    let mut command = Command::new("apt-get");
    // The messages are parsed below, so they must be in one language.
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").env("LC_ALL", "C");
    let output = command.stdin(Stdio::null()).stdout(Stdio::inherit()).output();
    let output = output.context("`apt-get` cannot be started")?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        return Ok(Apt::Done);
    }
    if complaint.contains("Could not get lock") {
        return Ok(Apt::Locked);
    }
    tools::say(complaint.trim_end());
    Ok(Apt::Failed(format!("`apt-get {}` ended with {}", arguments.join(" "), output.status)))
}

/// Repeats `apt-get` while another program holds the lock. Its own option for waiting does not cover the lock
/// of the package lists.
fn wait_for_lock(mut run: impl FnMut() -> Result<Apt>, time_max: Duration, pause: Duration) -> Result<()> {
    let begin = Instant::now();
    let mut waits = false;
    loop {
        match run()? {
            Apt::Done => return Ok(()),
            Apt::Failed(why) => bail!(why),
            Apt::Locked if begin.elapsed() >= time_max => {
                bail!("another program has been installing packages for {} s", time_max.as_secs())
            }
            Apt::Locked if waits => {}
            Apt::Locked => {
                waits = true;
                tools::say("Another program is installing packages; this waits until it is done.");
            }
        }
        thread::sleep(pause);
    }
}

fn is_debian() -> bool {
    Path::new("/etc/debian_version").exists()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_waited_for_and_a_failure_is_not() {
        let answers = |answers: Vec<Apt>| {
            let mut answers = answers.into_iter();
            move || Ok(answers.next().unwrap())
        };
        let no_time = Duration::ZERO;
        let wait = |list, time_max| wait_for_lock(answers(list), time_max, no_time);
        assert!(wait(vec![Apt::Locked, Apt::Locked, Apt::Done], LOCK_TIME_MAX).is_ok());
        let failed = wait(vec![Apt::Locked, Apt::Failed("no such package".to_owned())], LOCK_TIME_MAX);
        assert_eq!(failed.unwrap_err().to_string(), "no such package");
        let late = wait(vec![Apt::Locked], no_time).unwrap_err();
        assert_eq!(late.to_string(), "another program has been installing packages for 0 s");
    }
}
