//! The command line. Parses options into values that the rest takes as they are; never measures anything.

use std::{net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use clap::{Args, Parser, Subcommand};

use crate::{
    measure::Process,
    scenario::{Scenario, Settings},
    wire,
};

/// Drives IRC servers and measures them against a bare epoll loop.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves the bare epoll fan-out loop: the limit that a server is measured against.
    Loop(LoopOptions),
    /// Runs one scenario against a server that is already running.
    Run(RunOptions),
    /// Runs all scenarios against the bare loop and other servers and prints a table.
    Compare(CompareOptions),
    /// Measures memory, and how long people who talk wait, while others ask for much and read nothing.
    Abuse(crate::abuse::Options),
}

/// Options of `loop`.
#[derive(Debug, Args)]
pub(crate) struct LoopOptions {
    /// Where to listen; port 0 lets the system choose. The first line of output says where it is.
    #[arg(long, default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
}

/// Options of `run`.
#[derive(Debug, Args)]
pub(crate) struct RunOptions {
    /// The server's address.
    #[arg(long)]
    server: SocketAddr,
    /// The server's process, to measure its CPU time and memory.
    #[arg(long)]
    pid: Option<Process>,
    /// What to do with the server.
    #[arg(long, value_enum, default_value = "fanout")]
    pub(crate) scenario: Scenario,
    /// How many clients to connect [default: 500; idle: 10000].
    #[arg(long)]
    clients: Option<usize>,
    /// Over how many rooms the clients are spread (fanout).
    #[arg(long, default_value_t = 1)]
    rooms: usize,
    /// How many messages each room has in flight (fanout).
    #[arg(long, default_value_t = 1)]
    in_flight: usize,
    /// How long to measure; CPU time is counted in ticks of 10 ms, so 3 or more.
    #[arg(long, default_value = "5", value_parser = seconds)]
    seconds: Duration,
    /// How long to run before measuring.
    #[arg(long, default_value = "1", value_parser = seconds)]
    warm_up: Duration,
    /// Bytes of text in a message.
    #[arg(long, default_value_t = 100, value_parser = payload)]
    payload: usize,
    /// Request the message capabilities the server offers, and label every message.
    #[arg(long)]
    tags: bool,
    /// Messages per second (latency).
    #[arg(long, default_value_t = 100.0, value_parser = positive)]
    rate: f64,
    /// Microseconds for which lines may gather before they are read (fanout). More than 0 disturbs the server's core
    /// less, and leaves the server waiting for the load generator when little is in flight.
    #[arg(long, default_value_t = 0)]
    gather: u64,
    /// Print the figures as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

impl RunOptions {
    /// The settings of the scenario.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            server: self.server,
            process: self.pid,
            clients: self.clients.unwrap_or(self.scenario.clients_default()),
            rooms: self.rooms,
            in_flight: self.in_flight,
            window: self.seconds,
            warm_up: self.warm_up,
            payload_bytes: self.payload,
            tags: self.tags,
            rate: self.rate,
            gather: Duration::from_micros(self.gather),
        }
    }
}

/// Options of `compare`.
#[derive(Debug, Args)]
pub(crate) struct CompareOptions {
    /// The parlad binary; it is started afresh for every scenario.
    #[arg(long)]
    pub(crate) parlad: Option<PathBuf>,
    /// A server that is already running, as NAME=HOST:PORT,PID.
    #[arg(long)]
    pub(crate) other: Vec<Other>,
    /// How often each scenario runs against each server.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) rounds: u64,
    /// Rows of the table to run [default: all].
    #[arg(long = "row", value_enum)]
    pub(crate) rows: Vec<crate::compare::Row>,
    /// How long to measure each time.
    #[arg(long, default_value = "5", value_parser = seconds)]
    pub(crate) seconds: Duration,
    /// As `--gather` of `run`, for all servers.
    #[arg(long, default_value_t = 0)]
    pub(crate) gather: u64,
    /// Clients of every row but the idle one.
    #[arg(long, default_value_t = 500)]
    pub(crate) clients: usize,
    /// Clients of the idle row.
    #[arg(long, default_value_t = 10_000)]
    pub(crate) idle_clients: usize,
    /// Where the servers' data directories are made; not on tmpfs, where a sync costs nothing.
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    pub(crate) dir: PathBuf,
}

/// A server that is already running.
#[derive(Debug, Clone)]
pub(crate) struct Other {
    /// What the table calls it.
    pub(crate) name: String,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Its process.
    pub(crate) process: Process,
}

impl FromStr for Other {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, rest) = text.split_once('=').ok_or("expected NAME=HOST:PORT,PID")?;
        let (address, pid) = rest.rsplit_once(',').ok_or("expected NAME=HOST:PORT,PID")?;
        let address =
            address.parse().map_err(|_| "expected an IP address and port, such as 127.0.0.1:6667")?;
        Ok(Self { name: name.to_owned(), address, process: pid.parse()? })
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "expected a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if number > 0.0 && f64::is_finite(number) => Ok(number),
        _ => Err("expected a number above zero".to_owned()),
    }
}

fn payload(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(bytes) if (wire::MARK_BYTES..=wire::TEXT_BYTES_MAX).contains(&bytes) => Ok(bytes),
        _ => Err(format!("expected {} to {} bytes", wire::MARK_BYTES, wire::TEXT_BYTES_MAX)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn a_rival_is_name_address_and_process() {
        let other: Other = "Ergo=127.0.0.1:6667,42".parse().unwrap();
        assert_eq!((other.name.as_str(), other.address.port()), ("Ergo", 6667));
        assert!("Ergo=127.0.0.1:6667".parse::<Other>().is_err());
        assert!("127.0.0.1:6667,42".parse::<Other>().is_err());
    }
}
