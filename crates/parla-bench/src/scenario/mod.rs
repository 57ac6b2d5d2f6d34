//! The scenarios: what clients do to a server, and which figures come of it.

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
    /// How many clients it has if nothing else is said.
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
    /// The server's process; without it no CPU time and memory is measured.
    pub(crate) process: Option<Process>,
    /// How many clients to connect.
    pub(crate) clients: usize,
    /// Over how many rooms they are spread.
    pub(crate) rooms: usize,
    /// Messages each room has in flight.
    pub(crate) in_flight: usize,
    /// How long to measure.
    pub(crate) window: Duration,
    /// How long to run before.
    pub(crate) warm_up: Duration,
    /// Bytes of text in a message.
    pub(crate) payload_bytes: usize,
    /// Whether to ask for message tags and to label messages.
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
    // Some more than the clients: epoll, standard streams, files below /proc.
    crate::measure::allow_open_files(settings.clients as u64 + 100)?;
    match scenario {
        Scenario::Fanout => delivery::fanout(settings),
        Scenario::Latency => delivery::latency(settings),
        Scenario::Idle => idle::idle(settings),
    }
}
