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
    /// Looks after rooms, whether the server runs or not.
    Room(Room),
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
    /// If the data is damaged: put the files aside and go on with what can be read of them.
    #[arg(long)]
    pub(crate) accept_damage: bool,
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Room {
    #[command(subcommand)]
    pub(crate) command: RoomCommand,
    /// The configuration file of the server.
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// Where the server keeps its data; replaces what the file says.
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) data_dir: Option<PathBuf>,
    /// Prints JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum RoomCommand {
    /// Lists the rooms: name, people inside, modes, topic.
    List {
        /// Only those whose names it matches, such as '#help*'.
        mask: Option<String>,
    },
    /// Shows one room with its key, its lists and its members.
    Show {
        /// Its name; the # may be left out.
        room: String,
    },
    /// Changes modes and ranks, as MODE does: parlad room mode lobby -kib+o '*' '*!*@*' alice
    Mode {
        /// Its name; the # may be left out.
        room: String,
        /// Letters with + and -, then their parameters. Options stand before the name of the room.
        #[arg(required = true, num_args = 1.., allow_hyphen_values = true, trailing_var_arg = true)]
        modes: Vec<String>,
    },
    /// Gives a room the modes of a new one, without key, limit, forward, bans and exceptions.
    Reset {
        /// Its name; the # may be left out.
        room: String,
    },
    /// Puts everyone out of a room and deletes it with its history, for good.
    Delete {
        /// Its name; the # may be left out.
        room: String,
        /// What its members are told.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}
