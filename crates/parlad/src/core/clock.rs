//! The server's clock, which follows the system's but never goes back, not even over a restart.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use parla_proto::Timestamp;

/// If the stored time is ahead by this much, one of the two clocks was clearly wrong.
const LEAD_PLAUSIBLE: Duration = Duration::from_hours(24 * 366);

/// Provides times for the state machine.
///
/// If the system's clock is set back, this one continues at half its speed until the system has caught up, so
/// that time-outs keep running and messages keep their order.
#[derive(Debug)]
pub(crate) struct Clock {
    last: Timestamp,
    read_at: Instant,
}

impl Clock {
    /// Starts with the system's time, or with the stored time if that is later: history is found by time, so
    /// messages must be in the order of their times.
    pub(crate) fn start_after(kept: Option<Timestamp>) -> Self {
        let wall = wall();
        let clock = Self { last: kept.map_or(wall, |kept| kept.max(wall)), read_at: Instant::now() };
        let lead = clock.last.since(wall);
        if lead > LEAD_PLAUSIBLE {
            tracing::error!(
                system = %wall,
                last_message = %clock.last,
                "the system's clock is years behind the last message. One of the two is wrong. If it is the system's, set it \
                 and start again. If it is the message's, see \"A clock that was wrong\" in docs/administration.md; until then \
                 new messages have times just after it"
            );
        } else if !lead.is_zero() {
            tracing::warn!(
                system = %wall,
                last_message = %clock.last,
                "the system's clock is {} behind the last message; times go on from there, at half speed, until it has caught up",
                in_words(lead)
            );
        }
        clock
    }

    pub(crate) fn now(&mut self) -> Timestamp {
        self.read(wall(), Instant::now())
    }

    fn read(&mut self, wall: Timestamp, read_at: Instant) -> Timestamp {
        let elapsed = read_at.duration_since(self.read_at);
        let slowed = self.last + elapsed / 2;
        if wall >= slowed {
            (self.last, self.read_at) = (wall, read_at);
        } else if slowed > self.last {
            (self.last, self.read_at) = (slowed, read_at);
        }
        self.last
    }

    /// The number of the first entry, in microseconds since the epoch: it is higher than at any earlier
    /// start, and higher than any number that entries can have reached since.
    pub(crate) fn first_seq(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let system = u64::try_from(since.as_micros()).unwrap_or(u64::MAX);
        let own = u64::try_from(self.last.as_millis()).unwrap_or_default().saturating_mul(1_000);
        system.max(own)
    }
}

/// Milliseconds since the epoch by the system's clock.
pub(crate) fn wall_millis() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn wall() -> Timestamp {
    Timestamp::from_millis(wall_millis())
}

/// A duration in words, in the largest unit of which it has at least two.
fn in_words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..120 => format!("{seconds} seconds"),
        120..7_200 => format!("{} minutes", seconds / 60),
        7_200..172_800 => format!("{} hours", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_never_starts_before_what_was_kept() {
        let day = Duration::from_hours(24);
        let kept = wall() + day;
        let mut clock = Clock::start_after(Some(kept));
        assert!(clock.now() >= kept);
        assert!(clock.first_seq() >= u64::try_from(kept.as_millis()).unwrap() * 1_000);
        assert!(Clock::start_after(None).now() < kept);
        assert!(Clock::start_after(Some(Timestamp::from_millis(0))).now() < kept);
    }

    #[test]
    fn it_goes_on_slowly_until_the_system_has_caught_up() {
        let kept = Timestamp::from_millis(1_000_000);
        let started = Instant::now();
        let mut clock = Clock { last: kept, read_at: started };
        let mut read = |seconds: u64| {
            let wall = Timestamp::from_millis(900_000) + Duration::from_secs(seconds);
            clock.read(wall, started + Duration::from_secs(seconds)).since(kept).as_secs()
        };
        assert_eq!([read(0), read(10), read(100), read(200), read(300)], [0, 5, 50, 100, 200]);
    }

    #[test]
    fn leads_are_told_in_words() {
        let words = [90, 600, 86_400, 200_000].map(|seconds| in_words(Duration::from_secs(seconds)));
        assert_eq!(words, ["90 seconds", "10 minutes", "24 hours", "2 days"]);
    }
}
