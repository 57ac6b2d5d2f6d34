//! Starts the program again in the same process, for RESTART.
//!
//! The process id stays the same, so a supervisor notices nothing. Everything that was open is closed first:
//! the threads close the database and release its lock as they end, and the system closes the sockets, which
//! are not inherited. The ports are free for some milliseconds; clients that connect then are refused and try
//! again.
//!
//! Once the process has become another program, there is no way back. So that program is first run as a
//! child, which must say what it is and whether it would run.

use std::{
    env,
    ffi::OsString,
    io,
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use anyhow::Context as _;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::{
    limits::{CHECK_LINES_MAX, CHECK_OUTPUT_BYTES_MAX},
    options::Options,
};

/// The program, and the arguments it was called with. They are determined at the start; by the time of a
/// restart, a newer program may be in the same place, and that is the one to start.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    path: PathBuf,
    args: Vec<OsString>,
}

/// The output of a program that was asked something.
#[derive(Debug)]
struct Answer {
    status: ExitStatus,
    stdout: String,
    stderr: String,
}

impl Program {
    /// The running program.
    pub(crate) fn running() -> Self {
        let mut args = env::args_os();
        let called = args.next().unwrap_or_else(|| "parlad".into());
        // Damage is accepted only once.
        let args = args.filter(|arg| arg != "--accept-damage").collect();
        Self { path: env::current_exe().unwrap_or_else(|_| called.into()), args }
    }

    /// Replaces the process by the program. It returns only if that fails.
    pub(crate) fn start_again(&self) -> anyhow::Result<()> {
        let error = std::process::Command::new(&self.path).args(&self.args).exec();
        Err(error).with_context(|| format!("cannot start {} again", self.path.display()))
    }

    /// Asks the program that is installed now whether it would run with these options. Returns its name and
    /// version.
    ///
    /// # Errors
    /// It would not, or does not say so in time; the result is its own words as far as there are any, one
    /// line each.
    pub(crate) async fn would_run(&self, run: &Options, within: Duration) -> Result<String, Vec<String>> {
        let path = self.path.display();
        let asked = tokio::time::timeout(within, self.ask_whether(run)).await;
        asked.unwrap_or_else(|_| {
            let seconds = within.as_secs_f32();
            Err(vec![format!("{path} did not say within {seconds} seconds whether it would run")])
        })
    }

    async fn ask_whether(&self, run: &Options) -> Result<String, Vec<String>> {
        let path = self.path.display();
        let cannot_run = |error: io::Error| vec![format!("cannot run {path}: {error}")];
        let version = self.ask(vec!["--version".into()]).await.map_err(cannot_run)?;
        let name = version.stdout.lines().next().unwrap_or_default().trim();
        if !(version.status.success() && name.starts_with("parlad ")) {
            return Err(vec![format!("{path} is not a parlad that can be started")]);
        }
        let checked = self.ask(check_with(run)).await.map_err(cannot_run)?;
        if checked.status.success() {
            return Ok(name.to_owned());
        }
        let mut problems = vec![match checked.status.signal() {
            Some(signal) => format!(
                "{path} ({name}) was ended by signal {signal} when it was to check whether it would run"
            ),
            None => format!("{path} ({name}) says that it would not run:"),
        }];
        let words =
            checked.stderr.lines().chain(checked.stdout.lines()).filter(|line| !line.trim().is_empty());
        problems.extend(words.take(CHECK_LINES_MAX).map(str::to_owned));
        Err(problems)
    }

    /// Runs the program to its end. If this future is dropped before, the program is killed with everything
    /// it has started.
    async fn ask(&self, args: Vec<OsString>) -> io::Result<Answer> {
        let mut command = tokio::process::Command::new(&self.path);
        command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.process_group(0).kill_on_drop(true).spawn()?;
        let _group = Group(child.id().and_then(|id| Pid::from_raw(id.cast_signed())));
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (stdout, stderr, status) = tokio::join!(read(stdout), read(stderr), child.wait());
        Ok(Answer { status: status?, stdout, stderr })
    }
}

/// Processes that do not outlive the question.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(pid) = self.0 {
            // Usually nothing is left to kill.
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

/// Reads to the end, and keeps the beginning.
async fn read(output: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut output) = output else { return String::new() };
    let mut kept = Vec::new();
    // Anything that cannot be read is treated as missing.
    let _ = (&mut output).take(CHECK_OUTPUT_BYTES_MAX).read_to_end(&mut kept).await;
    let _ = tokio::io::copy(&mut output, &mut tokio::io::sink()).await;
    String::from_utf8_lossy(&kept).into_owned()
}

/// The arguments of `parlad check` with the options of a run.
fn check_with(run: &Options) -> Vec<OsString> {
    let Options { config, listen, http, data_dir, accept_damage: _ } = run;
    let mut args: Vec<OsString> = vec!["check".into()];
    let mut add = |option: &str, value: OsString| args.extend([option.into(), value]);
    config.iter().for_each(|path| add("--config", path.into()));
    listen.iter().for_each(|address| add("--listen", address.to_string().into()));
    http.iter().for_each(|address| add("--http", address.to_string().into()));
    data_dir.iter().for_each(|path| add("--data-dir", path.into()));
    args
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _, time::Instant};

    use super::*;

    /// Asks a shell script in place of the program.
    async fn ask(script: &str, within: Duration) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("parlad");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let program = Program { path, args: Vec::new() };
        let run = Options {
            config: Some("/etc/parla.toml".into()),
            listen: vec!["127.0.0.1:6667".parse().unwrap()],
            ..Options::default()
        };
        let answer = program.would_run(&run, within).await;
        answer.map_err(|problems| problems.join("\n").replace(folder.path().to_str().unwrap(), ""))
    }

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn a_program_is_asked_what_it_is_and_whether_it_would_run() {
        let answer = "case \"$*\" in --version) echo parlad 9.8.7;; *) echo \"$*\" >&2; exit $CODE;; esac";
        assert_eq!(ask(&format!("CODE=0\n{answer}"), LONG).await.unwrap(), "parlad 9.8.7");
        assert_eq!(
            ask(&format!("CODE=1\n{answer}"), LONG).await.unwrap_err(),
            "/parlad (parlad 9.8.7) says that it would not run:\n\
             check --config /etc/parla.toml --listen 127.0.0.1:6667"
        );
    }

    #[tokio::test]
    async fn what_is_no_parlad_is_refused() {
        for script in ["exit 0", "echo sh 1.0", "echo parlad 1; exit 3", "kill -SEGV $$"] {
            let refused = ask(script, LONG).await.unwrap_err();
            assert_eq!(refused, "/parlad is not a parlad that can be started", "{script}");
        }
        let crash = "[ \"$1\" = --version ] && echo parlad 1 || kill -SEGV $$";
        assert!(ask(crash, LONG).await.unwrap_err().contains("was ended by signal 11"));
    }

    #[tokio::test]
    async fn what_hangs_is_ended_with_its_children() {
        let started = Instant::now();
        for script in
            ["sleep 1000", "sleep 1000 & echo parlad 1", "[ \"$1\" = check ] && sleep 1000; echo parlad 1"]
        {
            let refused = ask(script, Duration::from_millis(300)).await.unwrap_err();
            assert_eq!(refused, "/parlad did not say within 0.3 seconds whether it would run", "{script}");
        }
        assert!(started.elapsed() < LONG);
    }

    #[tokio::test]
    async fn what_says_too_much_is_cut() {
        let script =
            "[ \"$1\" = --version ] && echo parlad 1 && exit 0; yes 'many words' | head -n 1000000; exit 1";
        let refused = ask(script, LONG).await.unwrap_err();
        assert_eq!(refused.lines().count(), 1 + CHECK_LINES_MAX);
    }
}
