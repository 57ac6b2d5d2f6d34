//! The side-by-side table: the scenario of every row runs against every server in turn, round after round, so
//! that other load on the machine affects all of them. The server runs on core 0 and the load generator on
//! core 1.

pub(crate) mod server;
mod table;

use std::time::Duration;

use clap::ValueEnum;

use self::{
    server::{Contestant, Running},
    table::Column,
};
use crate::{
    cli::CompareOptions,
    error::Error,
    measure, output,
    report::{Measure, Report},
    scenario::{self, Scenario, Settings},
};

/// Where the server runs.
pub(crate) const SERVER_CORE: usize = 0;
/// Where the load generator runs.
pub(crate) const GENERATOR_CORE: usize = 1;
const WARM_UP: Duration = Duration::from_secs(1);
const PAYLOAD_BYTES: usize = 100;
const LATENCY_RATE: f64 = 100.0;

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Row {
    /// One room, one message in flight.
    One,
    /// One room, eight messages in flight.
    Eight,
    /// As `one`, with message tags and labels.
    OneTags,
    /// As `eight`, with message tags and labels.
    EightTags,
    /// Rooms of ten, two messages in flight each.
    Rooms,
    /// Memory of idle clients.
    Idle,
    /// One room, 100 messages per second.
    Latency,
    /// As `latency`, with message tags and labels: when does the sender get its own message.
    LatencyTags,
}

impl Row {
    fn title(self, settings: &Settings) -> String {
        let Settings { clients, rooms, rate, .. } = settings;
        match self {
            Self::One => format!("{clients} clients in one room, one in flight"),
            Self::Eight => format!("{clients} clients in one room, eight in flight"),
            Self::OneTags => format!("{clients} clients in one room, one in flight, tags"),
            Self::EightTags => format!("{clients} clients in one room, eight in flight, tags"),
            Self::Rooms => format!("{rooms} rooms of {}, two in flight each", clients / rooms.max(&1)),
            Self::Idle => format!("{clients} idle clients"),
            Self::Latency => format!("{rate} messages/s to {clients} members"),
            Self::LatencyTags => format!("{rate} messages/s to {clients} members, tags"),
        }
    }

    fn scenario(self) -> Scenario {
        match self {
            Self::One | Self::Eight | Self::OneTags | Self::EightTags | Self::Rooms => Scenario::Fanout,
            Self::Idle => Scenario::Idle,
            Self::Latency | Self::LatencyTags => Scenario::Latency,
        }
    }

    fn settings(self, options: &CompareOptions, running: &Running) -> Settings {
        Settings {
            server: running.address,
            process: Some(running.process),
            clients: if self == Self::Idle { options.idle_clients } else { options.clients },
            rooms: if self == Self::Rooms { (options.clients / 10).max(1) } else { 1 },
            in_flight: match self {
                Self::Eight | Self::EightTags => 8,
                Self::Rooms => 2,
                Self::One | Self::OneTags | Self::Idle | Self::Latency | Self::LatencyTags => 1,
            },
            window: options.seconds,
            warm_up: WARM_UP,
            payload_bytes: PAYLOAD_BYTES,
            tags: matches!(self, Self::OneTags | Self::EightTags | Self::LatencyTags),
            rate: LATENCY_RATE,
            gather: Duration::from_micros(options.gather),
        }
    }

    /// The figures of this row that the table shows.
    fn measures(self) -> &'static [Measure] {
        match self {
            Self::One | Self::Eight | Self::OneTags | Self::EightTags | Self::Rooms => {
                &[Measure::DeliveriesPerCpuSecond, Measure::DeliveriesPerSecond, Measure::LatencyP99]
            }
            Self::Idle => &[Measure::RssPerClient, Measure::PssPerClient],
            Self::Latency => &[Measure::LatencyP50, Measure::LatencyP99, Measure::LatencyP999],
            Self::LatencyTags => {
                &[Measure::LatencyP50, Measure::LatencyP99, Measure::EchoP50, Measure::EchoP99]
            }
        }
    }
}

/// Runs all rows and prints the table.
pub(crate) fn compare(options: &CompareOptions) -> Result<(), Error> {
    let clients = options.clients.max(options.idle_clients) as u64;
    // The servers inherit this limit; they need a few files more than they have clients.
    measure::allow_open_files(clients + 1000)?;
    let contestants = contestants(options);
    let rows = if options.rows.is_empty() { Row::value_variants() } else { &options.rows };
    output::say(preamble(options))?;
    output::say(table::head(contestants.iter().map(Contestant::name)))?;
    let mut troubles = Vec::new();
    for row in rows {
        let mut columns: Vec<_> = contestants.iter().map(|_| Column::default()).collect();
        let mut title = String::new();
        for round in 1..=options.rounds {
            for (contestant, column) in contestants.iter().zip(&mut columns) {
                // A server that keeps running reuses the memory of the previous round, so only its first
                // round counts.
                if row == &Row::Idle && round > 1 && matches!(contestant, Contestant::Other(_)) {
                    continue;
                }
                output::progress(format!("{row:?}: {}, round {round}", contestant.name()));
                let (settings, report) = run_once(*row, contestant, options)?;
                title = row.title(&settings);
                troubles.extend(table::trouble(&title, contestant.name(), &report));
                column.reports.push(report);
            }
        }
        for measure in row.measures() {
            output::say(table::line(&title, *measure, &columns))?;
        }
    }
    output::say(table::verdict(&troubles))
}

fn contestants(options: &CompareOptions) -> Vec<Contestant> {
    let mut contestants = vec![Contestant::BareLoop];
    contestants.extend(options.parlad.clone().map(Contestant::Parlad));
    contestants.extend(options.other.iter().cloned().map(Contestant::Other));
    contestants
}

fn run_once(
    row: Row,
    contestant: &Contestant,
    options: &CompareOptions,
) -> Result<(Settings, Report), Error> {
    // Processes that are started from here on inherit the core.
    measure::pin_myself(SERVER_CORE)?;
    let running = contestant.start(&options.dir);
    measure::pin_myself(GENERATOR_CORE)?;
    let running = running?;
    running.process.pin(SERVER_CORE)?;
    let settings = row.settings(options, &running);
    let report = scenario::run(row.scenario(), &settings)?;
    Ok((settings, report))
}

fn preamble(options: &CompareOptions) -> String {
    let directory = options.dir.canonicalize().unwrap_or_else(|_| options.dir.clone());
    let kind = table::filesystem(&directory).unwrap_or_else(|| "unknown".to_owned());
    let warning =
        if kind == "tmpfs" { " **A sync costs nothing there; choose another by --dir.**" } else { "" };
    format!(
        "{} round(s) of {} s; server on core {SERVER_CORE}, load generator on core {GENERATOR_CORE}; \
         {PAYLOAD_BYTES} bytes of text; lines gather for {} µs before they are read. Data directories below `{}` ({kind}).{warning}\n\
         Median of the rounds (least to most); ratios are to the bare loop of the same round.\n",
        options.rounds,
        options.seconds.as_secs_f64(),
        options.gather,
        directory.display(),
    )
}
