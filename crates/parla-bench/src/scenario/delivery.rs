//! Messages in rooms: `fanout` keeps a fixed number in flight, `latency` sends at a fixed rate. Both warm up,
//! measure for a window, and then wait for what is still on its way, so that every message is accounted for.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::{
    Settings,
    traffic::{Counts, Pace, Shape, Traffic},
};
use crate::{
    error::Error,
    flight::Flight,
    measure::Process,
    register::{self, Granted},
    report::{Measure, Report},
    swarm::{Intake, Swarm},
};

/// How long to wait for deliveries after the last message was sent.
const DRAIN: Duration = Duration::from_secs(5);
/// How long nothing may arrive before everything counts as quiet.
const QUIET: Duration = Duration::from_millis(200);
/// A sleep may take this much longer than asked, so the load generator does not sleep shortly before a
/// message is due.
const SLEEP_ERROR: Duration = Duration::from_millis(2);
/// With fewer deliveries outstanding, lines are read at once: they may be all that the next message waits
/// for.
const GATHER_ABOVE: usize = 128;

/// Keeps a fixed number of messages in flight in every room.
pub(super) fn fanout(settings: &Settings) -> Result<Report, Error> {
    let slots = settings.rooms.saturating_mul(settings.in_flight);
    if slots == 0 || settings.clients < settings.rooms.saturating_mul(2) {
        return Err(Error::Settings("every room needs two clients and a message in flight"));
    }
    let mut run = Run::open(settings, settings.rooms, slots)?;
    run.gather = settings.gather;
    run.traffic.start(&mut run.swarm, Pace::Closed);
    run.measure(settings)
}

/// Sends messages at a fixed rate in one room.
pub(super) fn latency(settings: &Settings) -> Result<Report, Error> {
    if settings.clients < 2 {
        return Err(Error::Settings("the room needs two clients"));
    }
    let messages = ((settings.warm_up + settings.window).as_secs_f64() * settings.rate).ceil() as usize;
    let mut run = Run::open(settings, 1, messages.max(1))?;
    let interval = Duration::from_secs_f64(settings.rate.recip());
    run.traffic.start(&mut run.swarm, Pace::Open { due: Instant::now() + interval, interval });
    run.measure(settings)
}

struct Run {
    swarm: Swarm,
    intake: Intake,
    traffic: Traffic,
    /// How long lines may gather while many are on their way. If each is read at once, the receiving core
    /// competes with the server's for sockets and memory; the cost for the server depends on the machine and
    /// its load.
    gather: Duration,
}

/// The measurements at one end of the window.
struct Meters {
    at: Instant,
    server: Option<Duration>,
    generator: Duration,
    bytes: u64,
}

impl Run {
    fn open(settings: &Settings, rooms: usize, slots: usize) -> Result<Self, Error> {
        let mut swarm = Swarm::new(settings.server)?;
        let mut intake = Intake::new();
        let granted: Granted =
            register::register(&mut swarm, &mut intake, settings.clients, settings.capabilities())?;
        register::join(&mut swarm, &mut intake, rooms)?;
        let flight = Flight::new(settings.clients, rooms, slots);
        let shape = Shape { granted, payload_bytes: settings.payload_bytes };
        let traffic = Traffic::new(flight, rooms, shape)
            .map_err(|_| Error::Settings("the histogram's bounds are wrong"))?;
        let mut run = Self { swarm, intake, traffic, gather: Duration::ZERO };
        // The announcements of the joins are still on their way to everybody.
        run.settle()?;
        Ok(run)
    }

    fn measure(mut self, settings: &Settings) -> Result<Report, Error> {
        self.drive(Instant::now() + settings.warm_up)?;
        self.traffic.reset();
        let begin = self.meters(settings.process)?;
        self.drive(begin.at + settings.window)?;
        let end = self.meters(settings.process)?;
        let mut report = Report::default();
        report.add(Measure::Clients, settings.clients as f64);
        add_window(&mut report, [&begin, &end], &self.traffic.counts);
        if let Some(process) = settings.process {
            let memory = process.memory()?;
            report.add(Measure::Rss, memory.rss as f64);
            report.add(Measure::Pss, memory.pss as f64);
        }
        self.traffic.stop();
        let deadline = Instant::now() + DRAIN;
        while self.traffic.flight.missing() > 0 && Instant::now() < deadline {
            self.drive(Instant::now() + Duration::from_millis(10))?;
        }
        // This leaves time for duplicates to appear.
        self.settle()?;
        report.add(Measure::Missing, self.traffic.flight.missing() as f64);
        report.add(Measure::Extra, self.traffic.extra as f64);
        report.add(Measure::Refusals, self.swarm.refusals as f64);
        report.add(Measure::Closed, self.swarm.closed as f64);
        report.first_refusal = self.swarm.first_refusal;
        Ok(report)
    }

    fn meters(&self, server: Option<Process>) -> Result<Meters, Error> {
        Ok(Meters {
            at: Instant::now(),
            server: server.map(Process::cpu).transpose()?,
            generator: Process::myself().cpu()?,
            bytes: self.intake.bytes,
        })
    }

    fn drive(&mut self, until: Instant) -> Result<(), Error> {
        loop {
            let now = Instant::now();
            let due = self.traffic.tick(&mut self.swarm, now);
            let left = until.saturating_duration_since(now);
            if left.is_zero() {
                return Ok(());
            }
            let timeout = match due {
                Some(due) => left.min(due.saturating_duration_since(now).saturating_sub(SLEEP_ERROR)),
                None => left,
            };
            if !self.gather.is_zero() && self.traffic.flight.missing() > GATHER_ABOVE {
                thread::sleep(self.gather);
            }
            self.intake.poll(&mut self.swarm, timeout, &mut self.traffic)?;
        }
    }

    fn settle(&mut self) -> Result<(), Error> {
        let deadline = Instant::now() + DRAIN;
        while self.intake.poll(&mut self.swarm, QUIET, &mut self.traffic)? > 0 && Instant::now() < deadline {}
        Ok(())
    }
}

fn add_window(report: &mut Report, [begin, end]: [&Meters; 2], counts: &Counts) {
    let seconds = (end.at - begin.at).as_secs_f64();
    let deliveries = counts.deliveries as f64;
    report.add(Measure::Seconds, seconds);
    report.add(Measure::Messages, counts.messages as f64);
    report.add(Measure::MessagesPerSecond, counts.messages as f64 / seconds);
    report.add(Measure::Deliveries, deliveries);
    report.add(Measure::DeliveriesPerSecond, deliveries / seconds);
    if let (Some(begin), Some(end)) = (begin.server, end.server) {
        let cpu = end.saturating_sub(begin).as_secs_f64();
        report.add(Measure::ServerCpu, cpu);
        if cpu > 0.0 {
            report.add(Measure::DeliveriesPerCpuSecond, deliveries / cpu);
        }
    }
    report.add(Measure::GeneratorCpu, end.generator.saturating_sub(begin.generator).as_secs_f64());
    if counts.deliveries > 0 {
        report.add(Measure::BytesPerDelivery, (end.bytes - begin.bytes) as f64 / deliveries);
    }
    let latency = [Measure::LatencyP50, Measure::LatencyP99, Measure::LatencyP999];
    report.add_percentiles(latency, &counts.latency);
    report.add_percentiles([Measure::EchoP50, Measure::EchoP99, Measure::EchoP999], &counts.echo);
}
