//! Prints what the administrator asked for, as text or as JSON.

use std::io::{self, StdoutLock, Write};

/// Prints for people or for programs.
#[derive(Debug)]
pub(crate) struct Printer<W> {
    out: W,
    json: bool,
}

impl Printer<StdoutLock<'static>> {
    /// Prints to standard output.
    pub(crate) fn new(json: bool) -> Self {
        Self { out: io::stdout().lock(), json }
    }
}

impl<W: Write> Printer<W> {
    /// Prints a value as JSON, or what `for_people` writes of it.
    pub(crate) fn value(
        &mut self,
        value: &impl serde::Serialize,
        for_people: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        let text = if self.json {
            // JSON itself does not escape the upper control characters.
            without_controls(&serde_json::to_string_pretty(value)?, |char| {
                format!("\\u{:04x}", u32::from(char))
            }) + "\n"
        } else {
            let mut text = Vec::new();
            for_people(&mut text)?;
            without_controls(&String::from_utf8_lossy(&text), |_| "\u{fffd}".to_owned())
        };
        Ok(self.out.write_all(text.as_bytes())?)
    }
}

/// A text without characters that move the cursor or colour the terminal, because other people wrote it.
fn without_controls(text: &str, instead: impl Fn(char) -> String) -> String {
    let shown = |char: char| {
        if char.is_control() && char != '\n' { instead(char) } else { char.to_string() }
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
impl Printer<Vec<u8>> {
    /// What is printed of a value.
    pub(crate) fn shown(
        json: bool,
        value: &impl serde::Serialize,
        for_people: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
    ) -> String {
        let mut print = Self { out: Vec::new(), json };
        print.value(value, for_people).unwrap();
        String::from_utf8(print.out).unwrap()
    }
}
