//! What the command line says of a server that is to run, or to be looked at.

use std::{net::SocketAddr, path::PathBuf};

/// Where the configuration is, and what takes the place of its values.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Options {
    /// The configuration file. Without one, the server is complete for this computer.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where to listen for IRC, such as 0.0.0.0:6667; may be given several times, and replaces what the file
    /// says.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Vec<SocketAddr>,
    /// Where to serve the app over HTTP, such as 0.0.0.0:8067; may be given several times, and replaces what
    /// the file says.
    #[arg(long, value_name = "ADDRESS")]
    pub http: Vec<SocketAddr>,
    /// Where messages and rooms are kept; replaces what the file says.
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// If the data is damaged: put the files aside and go on with what can be read of them.
    #[arg(long)]
    pub accept_damage: bool,
}
