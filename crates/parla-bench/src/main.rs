//! The load generator, the bare loop that servers are measured against, and the benchmarks.
//!
//! `loop` is the limit, `run` drives one scenario against one server, `compare` prints the table. Nothing
//! here is part of a server: `parla-bench` speaks plain IRC over TCP and knows no other crate of parla.
//!
//! # Code map
//!
//! - `cli.rs` parses the options, `output.rs` writes for a person, `report.rs` has the figures of a run, and
//!   `error.rs` the errors that end one.
//! - `bare_loop.rs` is the limit: a fan-out loop with only the IRC that the load generator needs.
//! - `register.rs` brings clients to the start of a scenario, `swarm.rs` has their sockets, `flight.rs`
//!   tracks which message has reached whom, and `wire.rs` has the little IRC that this needs.
//! - `measure.rs` reads the server's CPU time and memory from `/proc`.
//! - `abuse.rs` measures how long two people wait for each other while others request much and read nothing, or
//!   guess passwords.

mod abuse;
mod bare_loop;
mod cli;
mod compare;
mod error;
mod flight;
mod measure;
mod output;
mod register;
mod report;
mod scenario;
mod swarm;
mod wire;

use clap::Parser;

fn main() -> anyhow::Result<()> {
    match cli::Cli::parse().command {
        cli::Command::Loop(options) => bare_loop::serve(options.listen)?,
        cli::Command::Run(options) => {
            let report = scenario::run(options.scenario, &options.settings())?;
            output::say(if options.json { report.json() } else { report.text() })?;
        }
        cli::Command::Compare(options) => compare::compare(&options)?,
        cli::Command::Abuse(options) => abuse::run(&options)?,
    }
    Ok(())
}
