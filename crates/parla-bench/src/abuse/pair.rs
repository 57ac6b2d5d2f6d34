//! Two people who talk: one sends a message, the time until the other has read it is measured, and the next
//! one follows after a short pause.

use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr},
    thread,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;

use super::client::Client;
use crate::error::Error;

/// The longest wait that is recorded, in microseconds; longer ones count as this long.
const MICROS_MAX: u64 = 600_000_000;

/// The pause between the arrival of a message and the next one.
const INTERVAL: Duration = Duration::from_millis(20);

pub(super) struct Pair {
    speaker: Client,
    listener: Client,
    said: u64,
}

/// How long messages took, in microseconds.
pub(super) struct Waits(Histogram<u64>);

impl Pair {
    /// Connects two people and puts them into a room of their own.
    pub(super) fn meet(server: SocketAddr) -> Result<Self, Error> {
        Ok(Self { speaker: enter(server, "speaker")?, listener: enter(server, "listener")?, said: 0 })
    }

    /// Sends messages for a while.
    pub(super) fn talk(&mut self, window: Duration) -> Result<Waits, Error> {
        let mut waits =
            Histogram::new_with_bounds(1, MICROS_MAX, 3).map_err(|_| Error::Settings("no histogram"))?;
        let until = Instant::now() + window;
        while Instant::now() < until {
            self.said += 1;
            let mark = format!(":{:012}", self.said);
            let said_at = Instant::now();
            self.speaker.say(&format!("PRIVMSG #pair {mark}\r\n"))?;
            self.listener.wait_for(&mark)?;
            let micros = u64::try_from(said_at.elapsed().as_micros()).unwrap_or(u64::MAX);
            waits.saturating_record(micros);
            thread::sleep(INTERVAL);
        }
        Ok(Waits(waits))
    }
}

fn enter(server: SocketAddr, nick: &str) -> Result<Client, Error> {
    let mut client = Client::connect(server, Ipv4Addr::LOCALHOST)?;
    client.register(nick)?;
    client.say("JOIN #pair\r\n")?;
    client.wait_until_done()?;
    Ok(client)
}

impl fmt::Display for Waits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |micros: u64| micros as f64 / 1e3;
        let at = |quantile| millis(self.0.value_at_quantile(quantile));
        let (median, high, most) = (at(0.5), at(0.99), millis(self.0.max()));
        let count = self.0.len();
        write!(f, "p50 {median:.2} ms, p99 {high:.2} ms, longest {most:.2} ms ({count} messages)")
    }
}
