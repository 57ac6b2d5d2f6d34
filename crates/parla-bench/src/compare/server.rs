//! The servers that are compared: how each is started, found and stopped. A server that is started here has
//! its own data directory, listens on a port that the system chose, and is gone when its [`Running`] is
//! dropped.

use std::{
    fs::{self, File},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Signal, kill_process};
use tempfile::TempDir;

use crate::{
    cli::Other,
    error::{Error, cannot},
    measure::Process,
};

const START_PATIENCE: Duration = Duration::from_secs(20);
const STOP_PATIENCE: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(10);
/// How long a server that is not restarted is left alone, so that it can forget the clients of the previous
/// run.
const OTHER_REST: Duration = Duration::from_secs(2);

/// The configuration of parlad, with the addresses that are exempt from its limits.
fn parlad_config(exempt: &str) -> String {
    format!(
        r#"[server]
name = "bench.example.org"
data_dir = "data"

[[listen]]
address = "127.0.0.1:0"

[connections]
exempt_from_limits = ["{exempt}"]

[channels]
autojoin = []

[history]
durability = "fsync"
"#
    )
}

/// A server that takes part in the comparison.
#[derive(Debug)]
pub(crate) enum Contestant {
    /// `parla-bench loop`.
    BareLoop,
    /// The parlad binary at this path.
    Parlad(PathBuf),
    /// The same, with its limits for everyone except 127.0.0.1.
    LimitedParlad(PathBuf),
    /// Another server that is already running.
    Other(Other),
}

/// A server that is ready for clients.
pub(crate) struct Running {
    /// The address that it listens on.
    pub(crate) address: SocketAddr,
    /// The process that serves.
    pub(crate) process: Process,
    /// The process that was started here, if any; dropping it stops the process and then removes its
    /// directory.
    _started: Option<Started>,
}

struct Started {
    child: Child,
    directory: TempDir,
}

impl Contestant {
    /// The name of the server in the table.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::BareLoop => "bare loop",
            Self::Parlad(_) | Self::LimitedParlad(_) => "parlad",
            Self::Other(other) => &other.name,
        }
    }

    /// Starts the server with its data below `directory`, and waits until it listens.
    pub(crate) fn start(&self, directory: &Path) -> Result<Running, Error> {
        let command = match self {
            Self::BareLoop => {
                let mut command = Command::new(std::env::current_exe().map_err(cannot("find this program"))?);
                command.args(["loop", "--listen", "127.0.0.1:0"]);
                command
            }
            Self::Parlad(binary) | Self::LimitedParlad(binary) => {
                let binary = binary.canonicalize().map_err(cannot("find the parlad binary"))?;
                let mut command = Command::new(binary);
                command.args(["run", "--config", "parlad.toml"]);
                command
            }
            Self::Other(other) => {
                thread::sleep(OTHER_REST);
                return Ok(Running { address: other.address, process: other.process, _started: None });
            }
        };
        let is_limited = matches!(self, Self::LimitedParlad(_));
        let exempt = if is_limited { "127.0.0.1" } else { "127.0.0.0/8" };
        let mut started = Started::new(command, &parlad_config(exempt), directory)?;
        let address = started.address(self.name())?;
        Ok(Running { address, process: Process::of_child(&started.child), _started: Some(started) })
    }
}

impl Started {
    fn new(mut command: Command, config: &str, directory: &Path) -> Result<Self, Error> {
        let directory = tempfile::Builder::new()
            .prefix("parla-bench-")
            .tempdir_in(directory)
            .map_err(cannot("make a data directory"))?;
        fs::write(directory.path().join("parlad.toml"), config).map_err(cannot("write a configuration"))?;
        let log = File::create(directory.path().join("log")).map_err(cannot("write a log"))?;
        let errors = log.try_clone().map_err(cannot("write a log"))?;
        let child = command
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .map_err(cannot("start a server"))?;
        Ok(Self { child, directory })
    }

    /// The address that the server says it listens on.
    fn address(&mut self, server: &str) -> Result<SocketAddr, Error> {
        let deadline = Instant::now() + START_PATIENCE;
        loop {
            let log = fs::read(self.directory.path().join("log")).map_err(cannot("read a log"))?;
            let log = String::from_utf8_lossy(&log);
            if let Some(address) = listening_address(&log) {
                return Ok(address);
            }
            let exited = self.child.try_wait().map_err(cannot("wait for a server"))?.is_some();
            if exited || Instant::now() > deadline {
                return Err(Error::NotStarted { server: server.to_owned(), log: log.into_owned() });
            }
            thread::sleep(LOOK_AGAIN);
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // An error here means that the process has already ended.
        let _ = kill_process(Process::of_child(&self.child).pid(), Signal::TERM);
        let deadline = Instant::now() + STOP_PATIENCE;
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(LOOK_AGAIN);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first `127.0.0.1:PORT` in what a server has printed so far. Port 0 is what it was asked for, and not
/// where it listens.
fn listening_address(log: &str) -> Option<SocketAddr> {
    log.split("127.0.0.1:").skip(1).find_map(|rest| {
        // If nothing follows the digits, some of them may be missing.
        let end = rest.find(|character: char| !character.is_ascii_digit())?;
        let port = rest.get(..end)?.parse().ok().filter(|port| *port != 0)?;
        Some(SocketAddr::from(([127, 0, 0, 1], port)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_once_it_is_whole() {
        let port = |log| listening_address(log).map(|address| address.port());
        assert_eq!(port("listening on 127.0.0.1:6667\n"), Some(6667));
        assert_eq!(port("binding 127.0.0.1:0\nINFO listening on 127.0.0.1:41234 tls=false\n"), Some(41234));
        assert_eq!(port("exempt 127.0.0.0/8\n"), None);
        assert_eq!(port("listening on 127.0.0.1:41"), None);
        assert_eq!(port("x 127.0.0.1: y 127.0.0.1:99999\n"), None);
    }
}
