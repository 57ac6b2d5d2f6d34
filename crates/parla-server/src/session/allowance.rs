//! How much a client may send: a burst, then a number of commands per second.

use std::time::Duration;

use parla_proto::Timestamp;

use crate::base::settings::Flood;

/// The allowances of one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Allowances {
    pub(crate) commands: Allowance,
    /// For the lines of multiline messages.
    pub(crate) batch_lines: Allowance,
}

impl Allowances {
    /// Both start full. The one for lines holds one message of `batch_lines_max` lines, and refills at the
    /// same pace as that for commands.
    pub(crate) fn new(flood: Flood, batch_lines_max: usize, now: Timestamp) -> Self {
        let burst = u32::try_from(batch_lines_max).unwrap_or(u32::MAX);
        let batch_lines = Allowance::new(Flood { burst, ..flood }, now);
        Self { commands: Allowance::new(flood, now), batch_lines }
    }
}

/// A token bucket of commands, stored as the time at which it would be full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Allowance {
    full_at_ms: i64,
    /// Never 0. The fields are small because every session has two of these.
    ms_per_command: u32,
    /// Never 0.
    burst: u32,
}

impl Allowance {
    /// A full bucket.
    fn new(flood: Flood, now: Timestamp) -> Self {
        Self::every(flood.burst, Duration::from_secs(1) / flood.rate.max(1), now)
    }

    /// A full bucket that gains one command per interval.
    pub(crate) fn every(burst: u32, interval: Duration, now: Timestamp) -> Self {
        Self {
            full_at_ms: now.as_millis(),
            ms_per_command: u32::try_from(interval.as_millis()).unwrap_or(u32::MAX).max(1),
            burst: burst.max(1),
        }
    }

    /// This bucket with as much taken out as from `before`, at most all of it.
    pub(crate) fn as_used_as(self, before: &Self, now: Timestamp) -> Self {
        let missing_ms = i128::from(before.full_at_ms.saturating_sub(now.as_millis()).max(0));
        let missing_ms = missing_ms * i128::from(self.ms_per_command) / i128::from(before.ms_per_command);
        let all_ms = i64::from(self.burst).saturating_mul(i64::from(self.ms_per_command));
        let missing_ms = i64::try_from(missing_ms).unwrap_or(i64::MAX).min(all_ms);
        Self { full_at_ms: now.as_millis().saturating_add(missing_ms), ..self }
    }

    /// Takes one command out.
    ///
    /// # Errors
    /// The bucket is empty; the error is the time at which the next command fits.
    pub(crate) fn take(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        let full_at = self.full_at_ms.max(now.as_millis());
        let burst_ms = i64::from(self.burst - 1).saturating_mul(i64::from(self.ms_per_command));
        let ready_at = full_at.saturating_sub(burst_ms);
        if ready_at > now.as_millis() {
            return Err(Timestamp::from_millis(ready_at));
        }
        self.full_at_ms = full_at.saturating_add(i64::from(self.ms_per_command));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    #[test]
    fn a_burst_then_a_rate() {
        let mut allowance = Allowance::new(Flood { burst: 3, rate: 4 }, at(0));
        assert_eq!([(); 3].map(|()| allowance.take(at(0))), [Ok(()); 3]);
        assert_eq!(allowance.take(at(0)), Err(at(250)));
        assert_eq!(allowance.take(at(249)), Err(at(250)));
        assert_eq!(allowance.take(at(250)), Ok(()));
        assert_eq!(allowance.take(at(250)), Err(at(500)));
    }

    #[test]
    fn rest_fills_it_but_not_above_the_burst() {
        let mut allowance = Allowance::new(Flood { burst: 2, rate: 1 }, at(0));
        assert_eq!(allowance.take(at(1_000_000)), Ok(()));
        assert_eq!(allowance.take(at(1_000_000)), Ok(()));
        assert_eq!(allowance.take(at(1_000_000)), Err(at(1_001_000)));
    }
    #[test]
    fn what_is_used_stays_used_when_it_becomes_larger_smaller_or_faster() {
        let mut allowance = Allowance::new(Flood { burst: 4, rate: 1 }, at(0));
        assert_eq!([(); 3].map(|()| allowance.take(at(0))), [Ok(()); 3]);
        let changed = |flood, now| {
            let mut changed = Allowance::new(flood, now).as_used_as(&allowance, now);
            let taken = std::iter::from_fn(|| changed.take(now).ok()).count();
            (taken, changed.take(now).unwrap_err())
        };
        assert_eq!(changed(Flood { burst: 4, rate: 1 }, at(0)), (1, at(1000)));
        assert_eq!(changed(Flood { burst: 9, rate: 1 }, at(0)), (6, at(1000)));
        assert_eq!(changed(Flood { burst: 4, rate: 10 }, at(0)), (1, at(100)));
        assert_eq!(
            changed(Flood { burst: 2, rate: 1 }, at(0)),
            (0, at(1000)),
            "it is empty, and no more than that"
        );
        // Half a command has been refilled.
        assert_eq!(changed(Flood { burst: 4, rate: 10 }, at(500)), (1, at(550)));
        assert_eq!(changed(Flood { burst: 3, rate: 1 }, at(9000)), (3, at(10_000)));
    }
}
