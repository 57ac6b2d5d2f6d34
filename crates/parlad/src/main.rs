//! The parla chat server: sockets, disk and signals around `parla-server`, which decides everything.

mod admission;
mod cli;
mod cloak;
mod clock;
mod config;
mod connection;
mod control;
mod delivery;
mod framing;
mod health;
mod hub;
mod limits;
mod listener;
mod log;
mod offline;
mod opening;
mod password;
mod proxy;
mod query;
mod reload;
mod restart;
mod room;
mod run;
mod send_queue;
mod store;
mod stream;
mod tls;
mod web;
mod webirc;

use std::{io::Write, process::ExitCode};

use clap::Parser;

use crate::{
    cli::{Cli, Command},
    config::Config,
    log::Log,
};

fn main() -> ExitCode {
    match execute(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is closed, there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "parlad: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn execute(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Run(options) => {
            let config = Config::for_run(&options)?;
            let log = Log::start(&config.log)?;
            for warning in &config.warnings {
                tracing::warn!("{}", warning.plain());
            }
            let program = restart::Program::running();
            match run::run(&options, &config, (program.clone(), &log))? {
                run::Afterwards::Exit => Ok(()),
                run::Afterwards::Restart => program.start_again(),
            }
        }
        Command::Check(options) => {
            let mut out = std::io::stdout();
            let warnings = Config::for_run(&options)?.warnings;
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
        Command::Room(options) => room::room(options),
        Command::HashPassword => Ok(writeln!(std::io::stdout(), "{}", password::hash_from_input()?)?),
    }
}
