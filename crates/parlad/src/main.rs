//! The command line of `parlad`.

mod cli;

use std::{io::Write, process::ExitCode};

use clap::Parser;

use crate::cli::{Cli, Command};

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
        Command::Run(options) => parlad::run(&options),
        Command::Check(options) => parlad::check(&options),
        Command::Access(options) => parlad::access::access(options),
        Command::Account(options) => parlad::account::account(options),
        Command::Invite(options) => parlad::invite::invite(options),
        Command::Room(options) => parlad::room::room(options),
        Command::HashPassword => Ok(writeln!(std::io::stdout(), "{}", parlad::hash_from_input()?)?),
    }
}
