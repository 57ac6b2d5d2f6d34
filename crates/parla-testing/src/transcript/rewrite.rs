//! Rewrites a script with the lines that came, for `UPDATE=1`. Everything else stays as it is.

use super::{
    backend::ReceivedLine,
    player::Report,
    script::{Script, Step},
};

/// The text of the script, with the actual lines in place of the expected ones.
pub fn rewrite(script: &Script, report: &Report) -> String {
    let mut text = String::new();
    let is_expectation =
        |at: usize| script.steps.iter().flat_map(|step| &step.expected).any(|line| line.at == at);
    for (at, line) in script.lines.iter().enumerate() {
        if is_expectation(at) {
            continue;
        }
        text.push_str(line.trim_end());
        text.push('\n');
        let step = script.steps.iter().zip(&report.received).find(|(step, _)| step.line == at);
        if let Some((step, received)) = step {
            write(step, received, &mut text);
        }
    }
    text
}

/// The lines of one step, those of the actors first; a dash if nothing was expected and nothing came.
fn write(step: &Step, received: &[ReceivedLine], text: &mut String) {
    let silent = step.expected.iter().filter(|expected| {
        expected.line.is_none() && !received.iter().any(|received| received.client == expected.client)
    });
    let lines = received.iter().map(|received| (&received.client, received.line.as_str()));
    let lines: Vec<(&String, &str)> = lines.chain(silent.map(|expected| (&expected.client, "-"))).collect();
    let width = lines.iter().map(|(client, _)| client.len() + 1).max().unwrap_or_default();
    for (client, line) in lines {
        let mark = format!("{client}>");
        text.push_str(&format!("{mark:width$} {line}\n"));
    }
}
