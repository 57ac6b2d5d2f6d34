//! The README's two commands, and the other chores of a contributor.
//!
//! Finds tools, calls cargo, and says in a sentence what failed. Uses no other crate of ours, so that it
//! builds in seconds.
//!
//! # Code map
//!
//! - One file per chore: `run.rs`, `app.rs`, `web.rs`, `test.rs`, `lint.rs`, `portable.rs`, `fuzz.rs`,
//!   `bench.rs`, `screenshots.rs`.
//! - `tools.rs` finds and starts programs, `debian.rs` installs what is missing, `consent.rs` asks before
//!   that, `wasm.rs` gets a compiler for the browser, `axe.rs` the accessibility checker, `dependencies.rs`
//!   checks the dependencies with cargo-deny, and `steps.rs` runs one step after the other and says at the
//!   end what failed.
//! - `bundle/` is a separate program: it makes the folder that the server embeds from what was compiled for
//!   the browser.
//! - `tests/` checks the repository itself: `house.rs` crates, dependencies and licenses, `layers.rs` the
//!   layers inside crates, `documents.rs` documents, links and files, `numerics.rs` that numerics are used by
//!   name.

mod app;
mod axe;
mod bench;
mod consent;
mod debian;
mod dependencies;
mod fuzz;
mod lint;
mod portable;
mod run;
mod screenshots;
mod steps;
mod test;
mod tools;
mod wasm;
mod web;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// The chores of this repository.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Builds the server with the app for the browser and runs it; arguments go to `parlad run`
    Run {
        /// Such as --listen 0.0.0.0:6667
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Builds the app for the desktop and runs it
    App {
        /// See `cargo xtask app -- --help`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Builds the app for the browser into target/web, which the server embeds
    Web,
    /// Runs every test: unit, transcripts, simulation, the app in a browser, house rules, documentation
    Test,
    /// Checks the formatting, the lints and the dependencies
    Lint,
    /// Checks the crates that know nothing of the system for Windows and macOS, too
    Portable,
    /// Fuzzes each target of fuzz/ for a while; needs cargo-fuzz and a nightly toolchain
    Fuzz {
        /// One target; without it, all of them in turn
        target: Option<String>,
        /// How long each target runs
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Takes the pictures of the README from the app as it is now
    Screenshots,
    /// Measures parlad against other servers; arguments go to `parla-bench compare`
    Bench {
        /// See `cargo xtask bench -- --help`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    match perform(Arguments::parse().chore) {
        Ok(code) => code,
        Err(error) => {
            tools::say(&format!("xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn perform(chore: Chore) -> Result<ExitCode> {
    match chore {
        Chore::Run { arguments } => run::run(&arguments),
        Chore::App { arguments } => app::app(&arguments),
        Chore::Web => web::web(),
        Chore::Test => test::test(),
        Chore::Lint => lint::lint(),
        Chore::Portable => portable::portable(),
        Chore::Fuzz { target, seconds } => fuzz::fuzz(target.as_deref(), seconds),
        Chore::Bench { arguments } => bench::bench(&arguments),
        Chore::Screenshots => screenshots::screenshots(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_run_goes_to_parlad() {
        for line in [
            "xtask run --listen [::]:6667 --config a.toml",
            "xtask run -- --listen [::]:6667 --config a.toml",
        ] {
            let Ok(Arguments { chore: Chore::Run { arguments } }) =
                Arguments::try_parse_from(line.split(' '))
            else {
                panic!("{line} is no run");
            };
            assert_eq!(arguments, ["--listen", "[::]:6667", "--config", "a.toml"]);
        }
    }

    #[test]
    fn help_after_the_dashes_is_the_programs_own() {
        let line = ["xtask", "bench", "--", "--help"];
        assert!(
            matches!(Arguments::try_parse_from(line).unwrap().chore, Chore::Bench { arguments } if arguments == ["--help"])
        );
    }
}
