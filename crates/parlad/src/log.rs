//! The log: where its lines go, in which format, and which are written.
//!
//! Lines go to standard error or to a file, which is reopened when the administrator has moved it away.
//! Everything that a remote user can choose is a separate field and is escaped, so that nobody can forge a
//! line.

use std::{
    fs::{File, OpenOptions},
    io::{self, IsTerminal, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context as _;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{
    Layer, Registry,
    filter::Targets,
    fmt::{self, MakeWriter},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// The target for what operators do.
pub(crate) const AUDIT_TARGET: &str = "parlad::audit";

/// The target for connections: who comes, who goes, and who is refused.
pub(crate) const CONNECTIONS_TARGET: &str = "parlad::connections";

/// The configuration of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) level: tracing::Level,
    pub(crate) format: Format,
    /// The file to write to; `None` for standard error.
    pub(crate) file: Option<PathBuf>,
    /// Whether connections are logged.
    pub(crate) connections: bool,
}

/// The format of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Readable text.
    Text,
    /// One JSON object per line, for programs.
    Json,
}

impl Default for Options {
    fn default() -> Self {
        Self { level: tracing::Level::INFO, format: Format::Text, file: None, connections: true }
    }
}

/// Where lines go; it lasts as long as the process.
#[derive(Clone, Debug)]
pub(crate) struct Log(Option<Arc<LogFile>>);

#[derive(Debug)]
struct LogFile {
    path: PathBuf,
    open: Mutex<File>,
}

impl Log {
    /// Starts logging. To be called only once.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub(crate) fn start(options: &Options) -> anyhow::Result<Self> {
        let file = options.file.as_deref().map(LogFile::open).transpose()?.map(Arc::new);
        let lines = match &file {
            Some(file) => lines(options.format, Arc::clone(file), false),
            None => lines(options.format, io::stderr, io::stderr().is_terminal()),
        };
        tracing_subscriber::registry().with(lines.with_filter(filter(options))).init();
        Ok(Self(file))
    }

    /// Opens the file by its name again, because it may have been moved away.
    pub(crate) fn reopen(&self) {
        let Some(file) = &self.0 else { return };
        match append(&file.path) {
            Ok(anew) => *file.open.lock().unwrap_or_else(PoisonError::into_inner) = anew,
            Err(error) => {
                let path = file.path.display();
                tracing::error!(
                    "cannot open {path} anew: {error}; the log goes on in the file that was open"
                );
            }
        }
    }
}

impl LogFile {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let open = append(path).with_context(|| format!("log.target: cannot write to {}", path.display()))?;
        Ok(Self { path: path.to_owned(), open: Mutex::new(open) })
    }
}

/// Other users may not read it, because it contains real addresses.
fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o640).open(path)
}

impl Write for &LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Libraries are logged only when something is wrong, because some of them would log what people say.
fn filter(options: &Options) -> Targets {
    let level = options.level;
    // What operators do is logged at every level.
    let audit = level.max(tracing::Level::INFO);
    let connections = if options.connections { LevelFilter::from(level) } else { LevelFilter::OFF };
    Targets::new()
        .with_target("parla", level)
        .with_target(AUDIT_TARGET, audit)
        .with_target(CONNECTIONS_TARGET, connections)
        .with_default(level.min(tracing::Level::WARN))
}

fn lines<W>(format: Format, writer: W, is_coloured: bool) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = fmt::layer().with_writer(writer).with_ansi(is_coloured);
    match format {
        Format::Text => lines.boxed(),
        Format::Json => lines.json().flatten_event(true).boxed(),
    }
}

#[cfg(test)]
mod tests {
    use tracing::subscriber::with_default;

    use super::*;

    /// The lines that are logged in this format while `each` runs.
    fn written(options: &Options, each: impl FnOnce()) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = Arc::new(LogFile::open(&folder.path().join("log")).unwrap());
        let lines = lines(options.format, Arc::clone(&file), false).with_filter(filter(options));
        with_default(tracing_subscriber::registry().with(lines), each);
        std::fs::read_to_string(&file.path).unwrap()
    }

    /// A text that a remote user can choose, with everything that could end a line or start another.
    const FORGED: &str = "eve\n2026-01-01T00:00:00Z  INFO parlad::audit: who=\"root\" \u{1b}[2J\u{202e}\"";

    #[test]
    fn nobody_can_forge_a_line() {
        for format in [Format::Text, Format::Json] {
            let options = Options { format, ..Options::default() };
            let log =
                written(&options, || tracing::info!(target: CONNECTIONS_TARGET, who = FORGED, "joined"));
            assert_eq!(log.lines().count(), 1, "{log}");
            let bad = |char: char| char.is_control() && char != '\n';
            assert!(!log.contains(bad), "{log:?}");
            assert!(format == Format::Json || !log.contains("who=\"root\""), "{log}");
        }
    }

    #[test]
    fn a_line_of_json_is_an_object() {
        let options = Options { format: Format::Json, ..Options::default() };
        let log = written(&options, || {
            tracing::info!(target: CONNECTIONS_TARGET, who = FORGED, address = "192.0.2.1", "joined the server");
        });
        let line: serde_json::Value = serde_json::from_str(&log).unwrap();
        assert_eq!((&line["message"], &line["level"]), (&"joined the server".into(), &"INFO".into()));
        assert_eq!((&line["who"], &line["address"]), (&FORGED.into(), &"192.0.2.1".into()));
        assert_eq!(line["target"], "parlad::connections");
    }

    #[test]
    fn which_lines_are_written() {
        let say = || {
            tracing::info!(target: CONNECTIONS_TARGET, "connection");
            tracing::info!(target: AUDIT_TARGET, "audit");
            tracing::info!(target: "parlad::run", "stopping");
            tracing::info!(target: "hyper", "library");
        };
        let words = |options: &Options| -> Vec<String> {
            let log = written(options, say);
            log.lines().map(|line| line.rsplit(' ').next().unwrap().to_owned()).collect()
        };
        let usual = Options::default();
        assert_eq!(words(&usual), ["connection", "audit", "stopping"]);
        assert_eq!(words(&Options { connections: false, ..usual.clone() }), ["audit", "stopping"]);
        assert_eq!(words(&Options { level: tracing::Level::ERROR, ..usual }), ["audit"]);
    }
}
