//! Whether something may be installed: a person at a terminal is asked, and everybody else is told.

use std::{
    env,
    io::{self, IsTerminal as _},
};

use anyhow::{Context as _, Result, ensure};

use crate::tools;

/// Returns if `line`, which installs what `missing` names, may be run.
///
/// # Errors
/// The person declines; the message says what to type.
pub(crate) fn ask(missing: &str, line: &str) -> Result<()> {
    if somebody_can_answer() {
        tools::say(&format!("{missing} is missing. Install it with `{line}`? [Y/n]"));
        let mut answer = String::new();
        io::stdin().read_line(&mut answer).context("the answer cannot be read")?;
        ensure!(is_yes(&answer), "{missing} is missing; type `{line}` and try again");
    } else {
        tools::say(&format!("{missing} is missing. Installing it: {line}"));
    }
    Ok(())
}

fn somebody_can_answer() -> bool {
    env::var_os("CI").is_none() && io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Whether an answer means yes. An empty line does; the end of the input does not.
fn is_yes(answer: &str) -> bool {
    answer.ends_with('\n') && matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_installs() {
        for answer in ["\n", "y\n", "Yes\r\n", "  YES \n"] {
            assert!(is_yes(answer), "{answer:?}");
        }
        for answer in ["", "n\n", "no\n", "y", "yes please\n", "\u{4}\n"] {
            assert!(!is_yes(answer), "{answer:?}");
        }
    }
}
