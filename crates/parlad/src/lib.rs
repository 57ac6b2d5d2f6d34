//! The parla chat server as a library: sockets, disk and signals around `parla-server`, which decides
//! everything.
//!
//! `main.rs` is the command line around it.
//!
//! # Code map
//!
//! The folders are floors: each uses only those before it, and `xtask/tests/layers.rs` checks that.
//!
//! - `config` reads the configuration into plain values and finds every problem in one pass.
//! - `net` has the sockets: who may connect, TLS, what is spoken, lines in, and lines out without waking a
//!   task for each receiver.
//! - `work` does what is slow on threads of its own: passwords, gateways, questions about the history.
//! - `core` has the thread that owns the state machine, the thread that brings its changes to disk and then
//!   releases what may be seen, and the socket by which the administrator asks.
//! - `web` is HTTP: a table of routes to the embedded app, `/health`, and IRC over WebSocket.
//! - `options.rs` is what the command line says, `log.rs` the log, and `limits.rs` has the bounds of the
//!   queues.
//! - Above them, `run.rs` puts the parts together and takes them apart. `reload.rs` is REHASH and SIGHUP,
//!   `restart.rs` RESTART, `room.rs` is `parlad room`, and `health.rs` knows whether the threads get on.
//!   `main.rs` and `cli.rs` are the command line.

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
/// The configuration cannot be used, an address or the data directory cannot be opened, or something failed
/// on the way that the server cannot go on after.
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
