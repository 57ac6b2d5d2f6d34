//! A `parlad` that runs during a test, and runs of `parlad` that end by themselves.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};

use rustix::process::{Pid, Signal, kill_process};

use super::wait_for;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_parlad");

/// Arguments for a server without a configuration on free ports; the data directory follows.
pub(crate) const BARE: [&str; 6] = ["run", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--data-dir"];

/// A directory for the configuration and the data of servers that run one after the other.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// The path of the database, if the configuration is one of [`super::config`].
    pub(crate) fn database(&self) -> PathBuf {
        self.path().join("data").join("parla.db")
    }

    /// Writes a file and gives its path.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }
}

/// A running server. It has ended when this has been dropped.
pub(crate) struct Daemon {
    child: Child,
    address: SocketAddr,
    log: Arc<Mutex<String>>,
    log_reader: Option<JoinHandle<()>>,
}

impl Daemon {
    /// Starts a server with this configuration.
    pub(crate) fn start(folder: &Folder, toml: &str) -> Self {
        let config = folder.write("parlad.toml", toml);
        Self::run(Command::new(PROGRAM).arg("run").arg("--config").arg(config))
    }

    /// The same for a server that may fail to start, in which case the error is what it left.
    pub(crate) fn try_start(folder: &Folder, toml: &str) -> Result<Self, Ended> {
        let config = folder.write("parlad.toml", toml);
        Self::try_run(Command::new(PROGRAM).arg("run").arg("--config").arg(config))
    }

    /// The same, with more arguments.
    pub(crate) fn start_with(folder: &Folder, toml: &str, args: &[&str]) -> Self {
        let config = folder.write("parlad.toml", toml);
        Self::run(Command::new(PROGRAM).arg("run").arg("--config").arg(config).args(args))
    }

    /// Starts a server without a configuration.
    pub(crate) fn bare(folder: &Folder) -> Self {
        let data = folder.path().join("data");
        Self::run(Command::new(PROGRAM).args(BARE).arg(data))
    }

    /// Starts a program other than the one that was built, with this configuration.
    pub(crate) fn start_as(program: &Path, folder: &Folder, toml: &str) -> Self {
        let config = folder.write("parlad.toml", toml);
        Self::run(Command::new(program).arg("run").arg("--config").arg(config))
    }

    fn run(command: &mut Command) -> Self {
        Self::try_run(command).unwrap_or_else(|ended| panic!("the server ended: {}", ended.stderr))
    }

    fn try_run(command: &mut Command) -> Result<Self, Ended> {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = child.stderr.take().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let written = Arc::clone(&log);
        let log_reader = thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                *written.lock().unwrap() += &(line + "\n");
            }
        });
        let anywhere = SocketAddr::from(([0, 0, 0, 0], 0));
        let mut daemon = Self { child, address: anywhere, log, log_reader: Some(log_reader) };
        let found = wait_for("the address of the server", || {
            if let Some(status) = daemon.child.try_wait().unwrap() {
                return Some(Err(status));
            }
            // A line of the log is only read when it is complete.
            let log = daemon.log();
            let address = log.lines().find_map(|line| line.strip_prefix("  listening on "));
            address.map(|text| Ok(text.parse().unwrap()))
        });
        match found {
            Ok(address) => daemon.address = address,
            Err(status) => {
                let stderr = daemon.wait().1;
                return Err(Ended { code: status.code(), stdout: String::new(), stderr });
            }
        }
        Ok(daemon)
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address for WebSockets only.
    pub(crate) fn web_socket(&self) -> SocketAddr {
        self.listens("WebSocket")
    }

    /// The first address that the log gives for this kind of port.
    pub(crate) fn listens(&self, how: &str) -> SocketAddr {
        let ending = format!(" ({how})");
        wait_for("the address of a listener", || {
            let log = self.log();
            let mut lines = log.lines().filter_map(|line| line.strip_prefix("  listening on "));
            lines.find_map(|line| line.strip_suffix(&ending)).map(|text| text.parse().unwrap())
        })
    }

    /// The address of the app.
    pub(crate) fn http(&self) -> SocketAddr {
        let log = self.log();
        let link = log.lines().find_map(|line| line.strip_prefix("  open http://"));
        link.and_then(|link| link.strip_suffix("/ in a browser")).unwrap().parse().unwrap()
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Everything that the server has written to standard error so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Asks the server to stop, and waits until it has.
    pub(crate) fn stop(mut self) -> (ExitStatus, String) {
        kill_process(self.pid(), Signal::TERM).unwrap();
        self.wait()
    }

    /// Waits until the server has ended by itself.
    pub(crate) fn ended(mut self) -> (ExitStatus, String) {
        self.wait()
    }

    fn wait(&mut self) -> (ExitStatus, String) {
        let status = wait_for("the end of the server", || self.child.try_wait().unwrap());
        self.log_reader.take().unwrap().join().unwrap();
        (status, self.log())
    }

    /// Kills the server at once, as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = kill_process(self.pid(), Signal::TERM);
            for _ in 0..200 {
                if !matches!(self.child.try_wait(), Ok(None)) {
                    break;
                }
                thread::sleep(std::time::Duration::from_millis(5));
            }
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        if thread::panicking() {
            let log = self.log.lock().map(|log| log.clone()).unwrap_or_default();
            let _ = writeln!(std::io::stderr(), "--- what the server wrote:\n{log}---");
        }
    }
}

/// The result of a run of `parlad` that ended by itself.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs `parlad` to its end.
pub(crate) fn parlad<S: AsRef<std::ffi::OsStr>>(args: &[S], input: &str) -> Ended {
    ended(Command::new(PROGRAM).args(args), input)
}

/// Runs a command to its end.
pub(crate) fn ended(command: &mut Command, input: &str) -> Ended {
    let pipe = Stdio::piped;
    let mut child = Killed(command.stdin(pipe()).stdout(pipe()).stderr(pipe()).spawn().unwrap());
    // The program need not read it.
    let _ = child.0.stdin.take().unwrap().write_all(input.as_bytes());
    let status = wait_for("the end of parlad", || child.0.try_wait().unwrap());
    let (mut stdout, mut stderr) = (String::new(), String::new());
    child.0.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    child.0.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    Ended { code: status.code(), stdout, stderr }
}

/// A child process that does not outlive its test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A password as the configuration contains it.
pub(crate) fn hashed(password: &str) -> String {
    parlad(&["hash-password"], password).stdout.trim().to_owned()
}
