//! `[motd]`: the message of the day, from a file or from the text itself.

use std::{fs, path::Path};

use super::{
    kind::{placed, text},
    problem::{Problems, line_of_bad_utf8},
    table::{Placed, Table},
};

/// The message of the day: a file, or the text itself.
#[derive(Debug, Default)]
pub(super) struct Motd {
    file: Option<Placed<String>>,
    text: Option<Placed<String>>,
}

/// The maximum length of a line in bytes, so that it fits into a line of IRC.
const MOTD_LINE_BYTES_MAX: usize = 400;

/// How many overlong lines are reported.
const LONG_LINES_NAMED_MAX: usize = 5;

impl Motd {
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        Self { file: table.maybe("file", placed(text)), text: table.maybe("text", placed(text)) }
    }

    /// The lines, from whichever of the two is given.
    pub(super) fn lines(&self, directory: &Path, problems: &Problems) -> Vec<String> {
        match (&self.file, &self.text) {
            (Some(_), Some(text)) => {
                problems.error(text.line, "motd.text: give file or text, not both");
                Vec::new()
            }
            (Some(file), None) => {
                let path = directory.join(&file.value);
                let text = match fs::read(&path) {
                    Ok(bytes) => String::from_utf8(bytes).map_err(|error| {
                        let line = line_of_bad_utf8(&error);
                        format!("motd.file: line {line} of {} is not UTF-8", path.display())
                    }),
                    Err(error) => Err(format!("motd.file: cannot read {}: {error}", path.display())),
                };
                match text {
                    Ok(text) => {
                        let name = &format!("motd.file: {}", path.display());
                        lines(&text, Origin { name, line: file.line }, problems)
                    }
                    Err(problem) => {
                        problems.error(file.line, problem);
                        Vec::new()
                    }
                }
            }
            (None, Some(text)) => lines(&text.value, Origin { name: "motd.text", line: text.line }, problems),
            (None, None) => Vec::new(),
        }
    }
}

/// The origin of a text.
#[derive(Clone, Copy)]
struct Origin<'a> {
    /// Its name for the administrator.
    name: &'a str,
    /// The line of the configuration file that refers to it.
    line: Option<usize>,
}

/// The lines of a text, with a warning about those that are too long.
fn lines(text: &str, origin: Origin<'_>, problems: &Problems) -> Vec<String> {
    let Origin { name, line: place } = origin;
    let long = text.lines().enumerate().filter(|(_, line)| line.len() > MOTD_LINE_BYTES_MAX);
    for (number, line) in long.clone().take(LONG_LINES_NAMED_MAX) {
        let words = format!(
            "{name}: line {} has {} bytes and is cut after {MOTD_LINE_BYTES_MAX}",
            number + 1,
            line.len()
        );
        problems.warning(place, words);
    }
    let more = long.count().saturating_sub(LONG_LINES_NAMED_MAX);
    if more > 0 {
        problems
            .warning(place, format!("{name}: {more} more lines are cut after {MOTD_LINE_BYTES_MAX} bytes"));
    }
    text.lines().map(|line| parla_proto::line::fitting(line, MOTD_LINE_BYTES_MAX).to_owned()).collect()
}
