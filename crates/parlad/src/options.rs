//! The options of `parlad run` and `parlad check`, and those that all commands for the administrator share.

use std::{net::SocketAddr, path::PathBuf};

/// Where the configuration is, and values that replace those in it.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Options {
    /// The configuration file. Without one, the server listens only on this computer unless
    /// `--listen` or `--http` says otherwise.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// An address on which to listen for IRC, such as 0.0.0.0:6667. May be given several times. Replaces all
    /// addresses of `[[listen]]` in the file.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Vec<SocketAddr>,
    /// An address on which to serve the app over HTTP, such as 0.0.0.0:8067. May be given several times.
    /// Replaces all addresses of `[[http]]` in the file.
    #[arg(long, value_name = "ADDRESS")]
    pub http: Vec<SocketAddr>,
    /// The directory in which the server keeps its data. Replaces `data_dir` in the file.
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Goes on with what can be read if the data is damaged, and sets the damaged files aside.
    #[arg(long)]
    pub accept_damage: bool,
}

/// Which server a command is about, and how its answer is printed.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct AdminOptions {
    /// The configuration file of the server.
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// The directory in which the server keeps its data. Replaces `data_dir` in the file.
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) data_dir: Option<PathBuf>,
    /// Prints JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

impl AdminOptions {
    /// The options by which the server's configuration is found.
    pub(crate) fn of_server(self) -> Options {
        Options { config: self.config, data_dir: self.data_dir, ..Options::default() }
    }
}
