//! A series of commands that all run even if one fails, and the summary at the end.

use std::{
    env,
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use anyhow::Result;

use crate::tools;

/// The steps so far.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<Step>,
}

struct Step {
    name: String,
    outcome: Outcome,
}

enum Outcome {
    Passed(Duration),
    Failed(String),
    Skipped(String),
}

impl Steps {
    /// Runs `command` in the foreground and notes how it ended.
    pub(crate) fn run(&mut self, name: &str, command: &mut Command) {
        self.perform(name, || tools::run_to_end(command));
    }

    /// Does `work` and notes how it ended.
    pub(crate) fn perform(&mut self, name: &str, work: impl FnOnce() -> Result<()>) {
        tools::say(&format!("\n── {name}"));
        let begin = Instant::now();
        let outcome = match work() {
            Ok(()) => Outcome::Passed(begin.elapsed()),
            Err(error) => Outcome::Failed(format!("{error:#}")),
        };
        self.note(name, outcome);
    }

    /// Notes that a step failed before it could run.
    pub(crate) fn fail(&mut self, name: &str, why: &str) {
        self.note(name, Outcome::Failed(why.to_owned()));
    }

    /// Notes that a step was left out, which does not count as a failure.
    pub(crate) fn skip(&mut self, name: &str, why: &str) {
        self.note(name, Outcome::Skipped(why.to_owned()));
    }

    /// Notes that a step was left out, which counts as a failure on the build machine but not for a person,
    /// who is told.
    pub(crate) fn leave_out(&mut self, name: &str, why: &str) {
        if env::var_os("CI").is_some() { self.fail(name, why) } else { self.skip(name, why) }
    }

    /// Prints one line per step; the exit code is a failure if any step failed.
    pub(crate) fn finish(self) -> ExitCode {
        tools::say("\n── summary");
        let mut code = ExitCode::SUCCESS;
        for Step { name, outcome } in self.done {
            let line = match outcome {
                Outcome::Passed(took) => format!("ok       {name} ({:.1} s)", took.as_secs_f64()),
                Outcome::Skipped(why) => format!("skipped  {name}: {why}"),
                Outcome::Failed(why) => {
                    code = ExitCode::FAILURE;
                    format!("FAILED   {name}: {why}")
                }
            };
            tools::say(&line);
        }
        code
    }

    fn note(&mut self, name: &str, outcome: Outcome) {
        self.done.push(Step { name: name.to_owned(), outcome });
    }
}
