//! Plays a script on a backend, and compares the results with what is expected, step by step.

use std::{fmt, time::Duration};

use super::{
    backend::{Backend, ReceivedLine},
    compare::{Difference, differences},
    error::RunError,
    script::{Action, Script, Step},
    text::bytes,
};

/// The time from one step to the next.
const STEP: Duration = Duration::from_secs(1);

/// The result of playing a script.
#[derive(Debug)]
pub struct Report {
    /// The steps with an unexpected result.
    pub mismatches: Vec<Mismatch>,
    /// The lines that came after each step.
    pub(super) received: Vec<Vec<ReceivedLine>>,
}

/// A step with an unexpected result.
#[derive(Debug)]
pub struct Mismatch {
    script: String,
    line: usize,
    step: String,
    differences: Vec<Difference>,
}

impl Report {
    /// Whether everything came as expected.
    pub const fn is_as_expected(&self) -> bool {
        self.mismatches.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.mismatches.iter().try_for_each(|mismatch| write!(f, "{mismatch}"))
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}.irc:{}: {}", self.script, self.line, self.step)?;
        self.differences.iter().try_for_each(|difference| writeln!(f, "  {difference}"))
    }
}

/// Plays a script.
///
/// # Errors
/// The script cannot be played to its end.
pub fn play(script: &Script, backend: &mut dyn Backend) -> Result<Report, RunError> {
    let mut report = Report { mismatches: Vec::new(), received: Vec::new() };
    for step in &script.steps {
        let received = act(step, backend)?;
        let differences = differences(step, &received, backend);
        if differences.iter().any(|difference| !difference.is_equal()) {
            report.mismatches.push(Mismatch {
                script: script.name().to_owned(),
                line: step.line + 1,
                step: script.lines.get(step.line).cloned().unwrap_or_default(),
                differences,
            });
        }
        report.received.push(received);
    }
    Ok(report)
}

/// Performs a step, and returns the lines to be shown for it.
fn act(step: &Step, backend: &mut dyn Backend) -> Result<Vec<ReceivedLine>, RunError> {
    backend.pass(STEP)?;
    match &step.action {
        Action::Wait(duration) => backend.pass(*duration)?,
        Action::Restart => backend.restart()?,
        Action::Rewrite(setting) => backend.rewrite(setting)?,
        _ => {}
    }
    for client in &step.clients {
        match &step.action {
            Action::Connect { capabilities } => {
                backend.open(client)?;
                backend.send(client, registration(client, capabilities).as_bytes())?;
                let received = backend.take_received(std::slice::from_ref(client), 0)?;
                done(step, client, &received, (" 001 ", "register"))?;
            }
            Action::Open => backend.open(client)?,
            Action::Join { channel } => {
                backend.send(client, format!("JOIN {channel}\r\n").as_bytes())?;
                let received = backend.take_received(std::slice::from_ref(client), 0)?;
                done(step, client, &received, (" JOIN ", "join"))?;
            }
            Action::Send(text) => {
                let mut line = bytes(&backend.translate(text));
                line.extend_from_slice(b"\r\n");
                backend.send(client, &line)?;
            }
            Action::Disconnect => backend.close(client)?,
            Action::Wait(_) | Action::Restart | Action::Rewrite(_) => {}
        }
    }
    let expected = step.expected.iter().filter(|expected| expected.line.is_some()).count();
    let received = backend.take_received(&step.clients, expected)?;
    let quiet = matches!(step.action, Action::Connect { .. } | Action::Join { .. });
    Ok(match step.shows_burst {
        _ if quiet => Vec::new(),
        true => received,
        false => without_burst(received),
    })
}

/// Reduces the lines that a client gets on registration to `(burst)`.
fn without_burst(received: Vec<ReceivedLine>) -> Vec<ReceivedLine> {
    let mut shown = Vec::new();
    let mut inside = false;
    for mut line in received {
        let numeric = line.line.split(' ').nth(1).unwrap_or_default();
        let (is_first, is_last) = (numeric == "001", matches!(numeric, "376" | "422"));
        inside |= is_first;
        if is_first {
            "(burst)".clone_into(&mut line.line);
        }
        if is_first || !inside {
            shown.push(line);
        }
        inside &= !is_last;
    }
    shown
}

/// What a client sends in order to register.
fn registration(client: &str, capabilities: &str) -> String {
    let mut letters = client.chars();
    let realname: String =
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect();
    let user = format!("NICK {client}\r\nUSER {client} 0 * :{realname}\r\n");
    if capabilities.is_empty() { user } else { format!("CAP REQ :{capabilities}\r\n{user}CAP END\r\n") }
}

/// Checks that the client got the line that says it succeeded, and that no capability was refused.
fn done(
    step: &Step,
    client: &str,
    received: &[ReceivedLine],
    (sign, what): (&str, &'static str),
) -> Result<(), RunError> {
    let own: Vec<&str> = received
        .iter()
        .filter(|received| received.client == client)
        .map(|received| received.line.as_str())
        .collect();
    let is_done =
        own.iter().any(|line| line.contains(sign)) && !own.iter().any(|line| line.contains(" NAK "));
    if is_done {
        return Ok(());
    }
    Err(RunError::NotDone { line: step.line + 1, client: client.to_owned(), what, got: own.join("\n") })
}
