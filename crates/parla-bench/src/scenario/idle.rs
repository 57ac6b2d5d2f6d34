//! Measures the server's memory per client with clients that only answer PING. The kernel's memory for the
//! sockets is not counted.

use std::time::{Duration, Instant};

use super::Settings;
use crate::{
    error::Error,
    register,
    report::{Measure, Report},
    swarm::{Arrival, Intake, Receiver, Swarm},
    wire::Line,
};

/// How long the clients are idle before the memory is read.
const REST: Duration = Duration::from_secs(3);

/// Registers clients, lets them rest, and divides the growth of the server's memory by their number.
pub(super) fn idle(settings: &Settings) -> Result<Report, Error> {
    if settings.clients == 0 {
        return Err(Error::Settings("at least one client has to be idle"));
    }
    let process = settings.process.ok_or(Error::Settings("the idle scenario needs --pid"))?;
    let before = process.memory()?;
    let start = Instant::now();
    let mut swarm = Swarm::new(settings.server)?;
    let mut intake = Intake::new();
    register::register(&mut swarm, &mut intake, settings.clients, settings.capabilities())?;
    let registered = start.elapsed();
    let until = Instant::now() + REST;
    while Instant::now() < until {
        intake.poll(&mut swarm, until.saturating_duration_since(Instant::now()), &mut Nothing)?;
    }
    let after = process.memory()?;
    let per_client = |before: u64, after: u64| (after as f64 - before as f64) / settings.clients as f64;
    let mut report = Report::default();
    report.add(Measure::Clients, settings.clients as f64);
    report.add(Measure::RegisterSeconds, registered.as_secs_f64());
    report.add(Measure::Rss, after.rss as f64);
    report.add(Measure::Pss, after.pss as f64);
    report.add(Measure::RssPerClient, per_client(before.rss, after.rss));
    report.add(Measure::PssPerClient, per_client(before.pss, after.pss));
    report.add(Measure::Refusals, swarm.refusals as f64);
    report.add(Measure::Closed, swarm.closed as f64);
    report.first_refusal = swarm.first_refusal;
    Ok(report)
}

/// A receiver that counts refusals and ignores all other lines.
struct Nothing;

impl Receiver for Nothing {
    fn receive(&mut self, swarm: &mut Swarm, arrival: Arrival<'_>) {
        match arrival.line {
            Line::Reply(reply) if reply.is_refusal() => swarm.refused(&reply),
            Line::Reply(_) | Line::Ping(_) | Line::Message(_) => {}
        }
    }
}
