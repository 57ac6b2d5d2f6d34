//! The clock of the server: the system's, but it never goes back.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use parla_proto::Timestamp;

/// Gives times for the state machine.
///
/// If the system's clock is set back, this one goes on at half its speed until the system has caught up, so that
/// timeouts go on and messages keep their order.
#[derive(Debug)]
pub(crate) struct Clock {
    last: Timestamp,
    read_at: Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { last: wall(), read_at: Instant::now() }
    }

    pub(crate) fn now(&mut self) -> Timestamp {
        let (wall, read_at) = (wall(), Instant::now());
        let elapsed = read_at.duration_since(self.read_at);
        let slowed = self.last + elapsed / 2;
        if wall >= slowed {
            (self.last, self.read_at) = (wall, read_at);
        } else if slowed > self.last {
            (self.last, self.read_at) = (slowed, read_at);
        }
        self.last
    }

    /// Microseconds since the epoch, to number entries from: higher than at any earlier start, and than the count of
    /// entries could have become since.
    pub(crate) fn first_seq() -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
    }
}

fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
