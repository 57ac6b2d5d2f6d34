//! The messages that clients send and receive: who sends next and when, and what was received. This module
//! counts; it never waits.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use crate::{
    flight::{Flight, Launch, Receipt},
    register::Granted,
    swarm::{Arrival, Receiver, Swarm},
    wire::{self, Line},
};

/// When the next message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// When the previous message in the same slot is complete.
    Closed,
    /// At fixed intervals, whether the previous message has arrived or not. Latency is counted from when a
    /// message was due, so that a load generator or a server that falls behind cannot hide it.
    Open {
        /// When the next message is due.
        due: Instant,
        /// The time between two messages.
        interval: Duration,
    },
    /// Never: nothing is sent.
    Stopped,
}

/// The counts since the last reset.
pub(super) struct Counts {
    /// The lines delivered, including echoes.
    pub(super) deliveries: u64,
    /// The messages completed.
    pub(super) messages: u64,
    /// The time from sending to each delivery that is not an echo, in nanoseconds.
    pub(super) latency: Histogram<u64>,
    /// The time from sending to the echo, in nanoseconds.
    pub(super) echo: Histogram<u64>,
}

/// The messages of a run: those on their way, who sends the next one and when, and the counts.
pub(super) struct Traffic {
    /// The messages on their way.
    pub(super) flight: Flight,
    /// The counts since the last [`Traffic::reset`].
    pub(super) counts: Counts,
    /// The deliveries that should not have arrived, over the whole run.
    pub(super) extra: u64,
    pace: Pace,
    granted: Granted,
    payload_bytes: usize,
    /// For each room, the member who sends next.
    next_sender: Vec<usize>,
    /// The number of slots that an open pace has used so far.
    launched: usize,
    line: Vec<u8>,
}

impl Counts {
    fn new() -> Result<Self, hdrhistogram::CreationError> {
        // The range is from a microsecond to a minute.
        let histogram = Histogram::new_with_bounds(1_000, 60_000_000_000, 3)?;
        Ok(Self { deliveries: 0, messages: 0, latency: histogram.clone(), echo: histogram })
    }

    fn reset(&mut self) {
        (self.deliveries, self.messages) = (0, 0);
        self.latency.reset();
        self.echo.reset();
    }
}

/// The form of messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// What the server granted to all clients.
    pub(super) granted: Granted,
    /// The bytes of text.
    pub(super) payload_bytes: usize,
}

impl Traffic {
    /// Traffic with no message on its way.
    pub(super) fn new(
        flight: Flight,
        rooms: usize,
        shape: Shape,
    ) -> Result<Self, hdrhistogram::CreationError> {
        Ok(Self {
            flight,
            counts: Counts::new()?,
            extra: 0,
            pace: Pace::Stopped,
            granted: shape.granted,
            payload_bytes: shape.payload_bytes,
            next_sender: vec![0; rooms],
            launched: 0,
            line: Vec::new(),
        })
    }

    /// Starts to send at this pace.
    pub(super) fn start(&mut self, swarm: &mut Swarm, pace: Pace) {
        self.pace = pace;
        if pace == Pace::Closed {
            let now = Instant::now();
            for slot in 0..self.flight.slots() {
                self.launch(swarm, slot, now);
            }
        }
    }

    /// Stops sending.
    pub(super) fn stop(&mut self) {
        self.pace = Pace::Stopped;
    }

    /// Resets the counts.
    pub(super) fn reset(&mut self) {
        self.counts.reset();
    }

    /// Sends what is due by the clock, and returns when the next message is due.
    pub(super) fn tick(&mut self, swarm: &mut Swarm, now: Instant) -> Option<Instant> {
        let Pace::Open { mut due, interval } = self.pace else { return None };
        while due <= now && self.launched < self.flight.slots() {
            self.launch(swarm, self.launched, due);
            self.launched += 1;
            due += interval;
        }
        self.pace = Pace::Open { due, interval };
        (self.launched < self.flight.slots()).then_some(due)
    }

    fn launch(&mut self, swarm: &mut Swarm, slot: usize, sent: Instant) {
        let room = self.flight.room(slot);
        let rooms = self.next_sender.len();
        let Some(next) = self.next_sender.get_mut(room) else { return };
        // The members of a room are `rooms` clients apart.
        let sender = *next * rooms + room;
        *next = (*next + 1) % self.flight.members(room);
        let number = self.flight.launch(Launch { slot, sender, sent, echo: self.granted.echo() });
        self.line.clear();
        if self.granted.labels() {
            self.line.extend_from_slice(format!("@label=x{number} ").as_bytes());
        }
        wire::push_message(&mut self.line, room, number, self.payload_bytes);
        swarm.send(sender, &self.line);
    }
}

impl Receiver for Traffic {
    #[inline]
    fn receive(&mut self, swarm: &mut Swarm, Arrival { client, at, line }: Arrival<'_>) {
        let number = match line {
            Line::Message(number) => number,
            Line::Reply(reply) if reply.is_refusal() => return swarm.refused(&reply),
            Line::Reply(_) | Line::Ping(_) => return,
        };
        let Receipt::Delivered { sent, echo, complete } = self.flight.receive(number, client) else {
            self.extra += 1;
            return;
        };
        self.counts.deliveries += 1;
        let nanoseconds = u64::try_from(at.saturating_duration_since(sent).as_nanos()).unwrap_or(u64::MAX);
        let histogram = if echo { &mut self.counts.echo } else { &mut self.counts.latency };
        histogram.saturating_record(nanoseconds);
        if let Some(slot) = complete {
            self.counts.messages += 1;
            if self.pace == Pace::Closed {
                self.launch(swarm, slot, Instant::now());
            }
        }
    }
}
