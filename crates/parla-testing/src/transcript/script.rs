//! Reads a script: its settings, and then its steps with the lines that are expected after each.

use std::{path::Path, time::Duration};

use super::{error::ScriptError, settings::Settings, text::duration};

/// A parsed script.
#[derive(Clone, Debug)]
pub struct Script {
    name: String,
    settings: Settings,
    is_virtual: bool,
    shows_burst: bool,
    pub(super) lines: Vec<String>,
    pub(super) steps: Vec<Step>,
}

/// One step.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// The index of its line.
    pub(super) line: usize,
    pub(super) clients: Vec<String>,
    pub(super) action: Action,
    pub(super) expected: Vec<Expected>,
    /// Whether the lines from 001 to the end of the message of the day are shown.
    pub(super) shows_burst: bool,
}

/// What happens in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Connect {
        capabilities: String,
    },
    Open,
    Join {
        channel: String,
    },
    Send(String),
    Disconnect,
    Wait(Duration),
    Restart,
    /// Puts this setting into the configuration file, which REHASH reads.
    Rewrite(String),
}

/// A line that a client must get; `None` for an explicit nothing.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    /// The index of its line.
    pub(super) at: usize,
    pub(super) client: String,
    pub(super) line: Option<String>,
}

impl Script {
    /// Reads a script from a file; its name is the file's name without the extension.
    ///
    /// # Errors
    /// The file cannot be read, or a line does not follow the grammar.
    pub fn read(path: &Path) -> Result<Self, ScriptError> {
        let text = std::fs::read_to_string(path)
            .map_err(|reason| ScriptError::File { path: path.display().to_string(), reason })?;
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        Self::parse(&name.unwrap_or_default(), &text)
    }

    /// Parses a script.
    ///
    /// # Errors
    /// A line does not follow the grammar.
    pub fn parse(name: &str, text: &str) -> Result<Self, ScriptError> {
        let mut script = Self {
            name: name.to_owned(),
            settings: Settings::default(),
            is_virtual: text.starts_with("# virtual"),
            shows_burst: false,
            lines: text.lines().map(str::to_owned).collect(),
            steps: Vec::new(),
        };
        for (at, line) in text.lines().enumerate() {
            script.add(at, line.trim()).map_err(|why| ScriptError::Line {
                script: name.to_owned(),
                line: at + 1,
                why,
            })?;
        }
        Ok(script)
    }

    /// The name, which is that of its file without the extension.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The settings that it requires of the server.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether it needs the virtual clock, and so cannot run over TCP.
    pub const fn is_virtual(&self) -> bool {
        self.is_virtual
    }

    fn add(&mut self, at: usize, line: &str) -> Result<(), String> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        if let "show burst" | "hide burst" = line {
            self.shows_burst = line == "show burst";
            return Ok(());
        }
        if let Some(time) = line.strip_prefix("wait ") {
            let time = duration(time).ok_or("a time is 90s, 500ms or 2m")?;
            return self.add_step(at, Vec::new(), Action::Wait(time));
        }
        let mark = line.find([':', '>']).ok_or("a line is a step, an expectation or a comment")?;
        let (names, rest) = line.split_at_checked(mark).unwrap_or((line, ""));
        let names: Vec<String> = names.split(',').map(|name| name.trim().to_owned()).collect();
        let good = |name: &String| !name.is_empty() && name.chars().all(|char| char.is_ascii_alphanumeric());
        if !names.iter().all(good) {
            return Err("before the mark stand names of clients".to_owned());
        }
        if let Some(line) = rest.strip_prefix('>') {
            return self.expect(at, names, line.trim());
        }
        let rest = rest.trim_start_matches(':').trim_start();
        if names == ["server"] {
            return match rest {
                "restart" => self.add_step(at, Vec::new(), Action::Restart),
                _ if rest.starts_with("rewrite ") => {
                    let setting = rest.trim_start_matches("rewrite ").to_owned();
                    self.add_step(at, Vec::new(), Action::Rewrite(setting))
                }
                _ if !self.steps.is_empty() => Err("settings come before the first step".to_owned()),
                _ => self.settings.add(rest),
            };
        }
        self.add_step(at, names, action(rest))
    }

    fn add_step(&mut self, line: usize, clients: Vec<String>, action: Action) -> Result<(), String> {
        if !self.is_virtual && matches!(action, Action::Wait(_) | Action::Restart | Action::Rewrite(_)) {
            return Err("only a script that starts with \"# virtual\" can do this".to_owned());
        }
        let shows_burst = self.shows_burst;
        self.steps.push(Step { line, clients, action, expected: Vec::new(), shows_burst });
        Ok(())
    }

    fn expect(&mut self, at: usize, names: Vec<String>, line: &str) -> Result<(), String> {
        let step = self.steps.last_mut().ok_or("nothing has happened yet")?;
        let line = (line != "-").then(|| line.to_owned());
        for client in names {
            step.expected.push(Expected { at, client, line: line.clone() });
        }
        Ok(())
    }
}

fn action(text: &str) -> Action {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    match word {
        "connect" => Action::Connect { capabilities: rest.trim().to_owned() },
        "open" if rest.is_empty() => Action::Open,
        "join" => Action::Join { channel: rest.trim().to_owned() },
        "disconnect" if rest.is_empty() => Action::Disconnect,
        _ => Action::Send(text.to_owned()),
    }
}
