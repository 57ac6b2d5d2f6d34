//! Rewrites a script with the lines that came, for `UPDATE=1`. Everything else stays as it is.

use super::{
    backend::Heard,
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
        let step = script.steps.iter().zip(&report.heard).find(|(step, _)| step.line == at);
        if let Some((step, heard)) = step {
            write(step, heard, &mut text);
        }
    }
    text
}

/// The lines of one step, those of the actors first; a dash if nothing was expected and nothing came.
fn write(step: &Step, heard: &[Heard], text: &mut String) {
    let silent = step.expected.iter().filter(|expected| {
        expected.line.is_none() && !heard.iter().any(|heard| heard.client == expected.client)
    });
    let lines = heard.iter().map(|heard| (&heard.client, heard.line.as_str()));
    let lines: Vec<(&String, &str)> = lines.chain(silent.map(|expected| (&expected.client, "-"))).collect();
    let width = lines.iter().map(|(client, _)| client.len() + 1).max().unwrap_or_default();
    for (client, line) in lines {
        let mark = format!("{client}>");
        text.push_str(&format!("{mark:width$} {line}\n"));
    }
}
