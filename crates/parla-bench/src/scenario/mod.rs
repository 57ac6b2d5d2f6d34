//! The scenarios: what clients do to a server, and which figures result.

mod delivery;
mod idle;
mod traffic;

use std::{net::SocketAddr, time::Duration};

use clap::ValueEnum;

use crate::{error::Error, measure::Process, register::Tags, report::Report};

/// What clients do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// Rooms with a fixed number of messages in flight: how fast is the server.
    Fanout,
    /// One room at a fixed rate: how long does a message take.
    Latency,
    /// Clients that do nothing: how much memory does one take.
    Idle,
}

impl Scenario {
    /// The number of clients by default.
    pub(crate) fn clients_default(self) -> usize {
        match self {
            Self::Fanout | Self::Latency => 500,
            Self::Idle => 10_000,
        }
    }
}

/// How a scenario runs.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The server's address.
    pub(crate) server: SocketAddr,
    /// The server's process; without it, CPU time and memory are not measured.
    pub(crate) process: Option<Process>,
    /// The number of clients to connect.
    pub(crate) clients: usize,
    /// The number of rooms that they are spread over.
    pub(crate) rooms: usize,
    /// The number of messages that each room has in flight.
    pub(crate) in_flight: usize,
    /// How long to measure.
    pub(crate) window: Duration,
    /// How long to run before measuring.
    pub(crate) warm_up: Duration,
    /// The bytes of text in a message.
    pub(crate) payload_bytes: usize,
    /// Whether to request message tags and label messages.
    pub(crate) tags: bool,
    /// Messages per second of [`Scenario::Latency`].
    pub(crate) rate: f64,
    /// How long lines may gather before [`Scenario::Fanout`] reads them.
    pub(crate) gather: Duration,
}

impl Settings {
    fn capabilities(&self) -> Tags {
        if self.tags { Tags::Wanted } else { Tags::Plain }
    }
}

/// Runs a scenario to its end.
pub(crate) fn run(scenario: Scenario, settings: &Settings) -> Result<Report, Error> {
    // A few more files than clients are needed: epoll, standard streams, files below /proc.
    crate::measure::allow_open_files(settings.clients as u64 + 100)?;
    match scenario {
        Scenario::Fanout => delivery::fanout(settings),
        Scenario::Latency => delivery::latency(settings),
        Scenario::Idle => idle::idle(settings),
    }
}
