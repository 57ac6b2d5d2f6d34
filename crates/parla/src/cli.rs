//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// The version of the crate, with the commit if the builder named it, as `cargo xtask` does.
const VERSION: &str = match option_env!("PARLA_VERSION") {
    Some(version) => version,
    None => env!("CARGO_PKG_VERSION"),
};

/// Chat on any IRC network, in a window.
#[derive(Clone, Debug, Default, Parser)]
#[command(name = "parla", version = VERSION)]
pub(crate) struct Cli {
    /// Keep settings and messages in this directory.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Connect to this network: host, host:port or [address]:port.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) connect: Option<String>,
    /// The name to have there.
    #[arg(long, value_name = "NAME", requires = "connect")]
    pub(crate) name: Option<String>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_options_are_sound() {
        Cli::command().debug_assert();
        assert!(Cli::try_parse_from(["parla", "--name", "alice"]).is_err(), "a name for what?");
        assert!(Cli::try_parse_from(["parla", "--connect", "[::1]:6667", "--name", "alice"]).is_ok());
    }
}
