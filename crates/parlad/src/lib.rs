//! The parla chat server as a library: sockets, disk and signals around `parla-server`, which decides everything.
//!
//! `main.rs` is the command line around it.

mod config;
mod core;
mod health;
mod limits;
mod log;
mod net;
mod options;
mod reload;
mod restart;
pub mod room;
mod run;
mod web;
mod work;

use std::io::Write as _;

use self::{config::Config, log::Log, restart::Program, run::Afterwards};
pub use self::{options::Options, work::password::hash_from_input};

/// Runs the server until SIGTERM, SIGINT, or an operator's command.
///
/// # Errors
/// The configuration cannot be used, an address or the data directory cannot be opened, or something failed on the way that the
/// server cannot go on after.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let config = Config::for_run(options)?;
    let log = Log::start(&config.log)?;
    for warning in &config.warnings {
        tracing::warn!("{}", warning.plain());
    }
    let program = Program::running();
    match run::run(options, &config, program.clone(), &log)? {
        Afterwards::Exit => Ok(()),
        Afterwards::Restart => program.start_again(),
    }
}

/// Prints whether the server would run with these options.
///
/// # Errors
/// It would not; the error names every problem.
pub fn check(options: &Options) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    let warnings = Config::for_run(options)?.warnings;
    for warning in &warnings {
        writeln!(out, "{warning}")?;
    }
    let what = match (&options.config, warnings.len()) {
        (Some(path), 0) => format!("{}: no problem found", path.display()),
        (Some(path), _) => format!("{}: no error found", path.display()),
        (None, _) => "the server can run like this".to_owned(),
    };
    Ok(writeln!(out, "{what}")?)
}
