//! The commands of the program.

use clap::{Parser, Subcommand};
use parlad::{
    Options, access::AccessOptions, account::AccountOptions, invite::InviteOptions, room::RoomOptions,
};

/// The version of the crate, with the commit if the builder provided it, as `cargo xtask` does.
const VERSION: &str = match option_env!("PARLA_VERSION") {
    Some(version) => version,
    None => env!("CARGO_PKG_VERSION"),
};

/// A chat server that you run yourself. It speaks IRC with the extensions of IRCv3.
#[derive(Debug, Parser)]
#[command(name = "parlad", version = VERSION)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs the server in the foreground until SIGTERM, SIGINT or the command DIE stops it.
    Run(Options),
    /// Says whether the server would start with these options, and prints every problem. Changes nothing.
    Check(Options),
    /// Says who may come in, or decides it, whether or not the server is running.
    Access(AccessOptions),
    /// Shows, creates, changes and deletes accounts, whether or not the server is running.
    Account(AccountOptions),
    /// Makes, lists and revokes invitations, whether or not the server is running.
    Invite(InviteOptions),
    /// Shows, changes and deletes rooms, whether or not the server is running.
    Room(RoomOptions),
    /// Reads a password from standard input and prints its hash for the configuration.
    HashPassword,
}
