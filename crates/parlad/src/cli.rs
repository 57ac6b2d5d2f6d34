//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Parser, Subcommand};

/// A chat server that people own. It speaks IRC with the extensions of IRCv3.
#[derive(Debug, Parser)]
#[command(name = "parlad", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs the server until it gets SIGTERM or SIGINT.
    Run(Run),
    /// Says whether the server would run with these options, and prints every problem. Changes nothing.
    Check(Run),
    /// Reads a password from standard input and prints what belongs in the configuration.
    HashPassword,
}

#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Run {
    /// The configuration file. Without one, the server is complete for this computer.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where to listen for IRC, such as 0.0.0.0:6667; may be given several times, and replaces what the file says.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Vec<SocketAddr>,
    /// Where to serve the app over HTTP, such as 0.0.0.0:8067; may be given several times, and replaces what the file says.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) http: Vec<SocketAddr>,
    /// Where messages and rooms are kept; replaces what the file says.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}
