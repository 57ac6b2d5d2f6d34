//! Runs chromedriver in a process of its own, and asks it for Chromium instances.
//!
//! Everything that was started here ends here, whatever the test does: Chromium is controlled through a pipe
//! and ends when that closes, and any process that still refers to this driver's folder after that is killed
//! by its id.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tempfile::TempDir;

/// Quiet, and without network access of its own. `--no-sandbox` is needed because the build machine runs as
/// root.
const CHROMIUM: [&str; 13] = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en-US",
    "--window-size=1400,1000",
    "--force-color-profile=srgb",
];

/// How often to check whether a process has ended.
const PAUSE: Duration = Duration::from_millis(10);

/// How many attempts to start it are made.
const ATTEMPTS: usize = 5;

/// A running chromedriver.
pub(super) struct Driver {
    child: Child,
    port: u16,
    /// Everything that Chromium writes.
    folder: TempDir,
}

impl Driver {
    /// Starts chromedriver. Another process may take the port that it chooses a moment later; then it ends,
    /// and is started again.
    pub(super) fn start() -> Self {
        let started = (0..ATTEMPTS).find_map(|_| Self::try_start());
        started.unwrap_or_else(|| panic!("chromedriver did not say on which port it listens"))
    }

    fn try_start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").env("TZ", "UTC").env("TMPDIR", folder.path()).env("HOME", folder.path());
        command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_CACHE_HOME");
        let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let child = started.unwrap_or_else(|error| {
            panic!(
                "chromedriver cannot be started: {error}. `cargo xtask test` installs it on Debian; elsewhere \
                 install Chromium and the driver of the same version"
            )
        });
        let mut driver = Self { child, port: 0, folder };
        driver.port = driver.read_port()?;
        Some(driver)
    }

    /// A new Chromium with its own profile, numbered `number` by this driver.
    pub(super) async fn chromium(&self, number: usize) -> Client {
        let profile = self.profile(number);
        let arguments: Vec<String> = CHROMIUM
            .iter()
            .map(|argument| (*argument).to_owned())
            .chain([format!("--user-data-dir={}", profile.display())])
            .collect();
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let capabilities = capabilities.as_object().unwrap().clone();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let address = format!("http://127.0.0.1:{}", self.port);
        let client = builder.capabilities(capabilities).connect(&address);
        client.await.unwrap_or_else(|error| panic!("Chromium cannot be started: {error}"))
    }

    /// Kills the Chromium with this number, as a crash does: it gets no warning, and loses what it has not
    /// written yet.
    pub(super) fn kill_chromium(&self, number: usize) {
        kill_all_that_name(&self.profile(number));
    }

    fn profile(&self, number: usize) -> PathBuf {
        // No path is the beginning of another one.
        self.folder.path().join(format!("profile-{number:03}"))
    }

    /// The driver itself chooses a free port, and prints it.
    fn read_port(&mut self) -> Option<u16> {
        let mut lines = BufReader::new(self.child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            let (_, rest) = line.split_once("started successfully on port ")?;
            rest.trim_end_matches('.').parse().ok()
        });
        // A pipe that nobody reads fills up in the end.
        thread::spawn(move || lines.for_each(drop));
        port
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        for _ in 0..100 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                break;
            }
            thread::sleep(PAUSE);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        kill_all_that_name(self.folder.path());
    }
}

/// Kills the processes whose command line contains this path, and waits until they are gone.
fn kill_all_that_name(path: &Path) {
    for _ in 0..100 {
        let left = processes_that_name(path);
        if left.is_empty() {
            break;
        }
        for pid in left {
            let _ = kill_process(pid, Signal::KILL);
        }
        thread::sleep(PAUSE);
    }
}

/// The processes whose command line contains this path, which no other process uses.
fn processes_that_name(path: &Path) -> Vec<Pid> {
    let path = path.to_string_lossy();
    let entries = fs::read_dir("/proc").into_iter().flatten().map_while(Result::ok);
    entries
        .filter(|entry| {
            let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(&*path)
        })
        .filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?))
        .collect()
}
