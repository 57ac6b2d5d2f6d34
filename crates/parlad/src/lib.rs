//! The parla chat server as a library: sockets, disk and signals around `parla-server`, which makes all
//! decisions.
//!
//! `main.rs` is its command line.
//!
//! # Code map
//!
//! The folders are layers: each uses only those before it, which `xtask/tests/layers.rs` checks.
//!
//! - `config` reads the configuration into plain values and finds every problem in one pass.
//! - `net` has the sockets: who may connect, TLS, the framing, incoming lines, and outgoing lines without
//!   waking a task for each receiver.
//! - `work` does slow work on threads of its own: passwords, gateways, queries about the history.
//! - `core` has the thread that owns the state machine, the thread that writes its changes to disk and then
//!   releases its outputs, and the socket for the administrator.
//! - `web` is HTTP: a table of routes to the embedded app, `/health`, and IRC over WebSocket.
//! - `options.rs` is what the command line says, `log.rs` the log, and `limits.rs` has the bounds of the
//!   queues.
//! - Above them, `run.rs` assembles the parts and shuts them down. `reload.rs` is REHASH and SIGHUP,
//!   `restart.rs` RESTART, and `health.rs` knows whether the threads make progress. `access.rs`,
//!   `account.rs`, `invite.rs` and `room.rs` are `parlad access` and so on, which print with
//!   `printer.rs`; `setup.rs` keeps the link for the first person. `main.rs` and `cli.rs` are the
//!   command line.

pub mod access;
pub mod account;
mod config;
mod core;
mod health;
pub mod invite;
mod limits;
mod log;
mod net;
mod options;
mod printer;
mod reload;
mod restart;
pub mod room;
mod run;
mod setup;
mod web;
mod work;

use std::io::Write as _;

use self::{config::Config, log::Log, restart::Program, run::Afterwards};
pub use self::{options::Options, work::password::hash_from_input};

/// Runs the server until SIGTERM, SIGINT, or an operator's command.
///
/// # Errors
/// The configuration cannot be used, an address or the data directory cannot be opened, or something failed
/// that the server cannot survive.
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
/// It would not; the error contains every problem.
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
