//! Decides when the interface is told of changes: of the first one at once, and of those that follow
//! together, eleven times a second.

use std::{ops::Add, time::Duration};

/// The shortest pause between batches of updates. Their cost for the page grows with their number.
pub const UPDATES_GAP: Duration = Duration::from_millis(90);
/// The longest pause before the next batch.
const REST_MAX: Duration = UPDATES_GAP.saturating_mul(2);

/// Whether there is something to tell, and until when the interface has a pause. `T` is a time of any clock.
#[derive(Debug)]
pub struct Pace<T> {
    changed: bool,
    rests_until: Option<T>,
}

impl<T> Default for Pace<T> {
    fn default() -> Self {
        Self { changed: false, rests_until: None }
    }
}

impl<T: Copy + Ord + Add<Duration, Output = T>> Pace<T> {
    /// Notes that there is something to tell.
    pub const fn changed(&mut self) {
        self.changed = true;
    }

    /// When to tell it; `None` if there is nothing.
    pub fn due(&self, now: T) -> Option<T> {
        // After the clock was set back, the pause would otherwise last until the clock has caught up.
        let rests_until = self.rests_until.filter(|until| *until <= now + REST_MAX);
        self.changed.then(|| rests_until.map_or(now, |until| until.max(now)))
    }

    /// Whether the interface must be told now.
    pub fn is_due(&self, now: T) -> bool {
        self.due(now).is_some_and(|due| due <= now)
    }

    /// Notes that it was told.
    pub fn told(&mut self, now: T) {
        self.changed = false;
        self.rests_until = Some(now + UPDATES_GAP);
    }

    /// Notes that there was nothing to tell after all.
    pub const fn nothing(&mut self) {
        self.changed = false;
    }

    /// Notes that the interface has not taken the last batch yet. Checking again is cheap, and the wait is
    /// longer than that for a batch.
    pub fn held(&mut self, now: T) {
        self.rests_until = Some(now + REST_MAX);
    }
}

#[cfg(test)]
mod tests {
    use parla_proto::Timestamp;

    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_000_000);

    fn after(ms: u64) -> Timestamp {
        START + Duration::from_millis(ms)
    }

    #[test]
    fn the_first_change_goes_at_once_and_the_next_ones_together() {
        let mut pace = Pace::default();
        assert_eq!(pace.due(START), None);
        pace.changed();
        assert_eq!(pace.due(START), Some(START));
        pace.told(START);
        assert_eq!(pace.due(after(1)), None);
        pace.changed();
        assert_eq!(pace.due(after(1)), Some(START + UPDATES_GAP));
        assert!(!pace.is_due(after(1)) && pace.is_due(START + UPDATES_GAP));
        pace.changed();
        pace.told(START + UPDATES_GAP);
        pace.changed();
        assert_eq!(pace.due(after(500)), Some(after(500)), "after a quiet time");
    }

    #[test]
    fn what_turned_out_to_be_nothing_costs_no_rest() {
        let mut pace = Pace::default();
        pace.changed();
        pace.nothing();
        assert_eq!(pace.due(START), None);
        pace.changed();
        assert_eq!(pace.due(START), Some(START));
    }

    #[test]
    fn a_clock_that_was_set_back_lets_nobody_wait() {
        let mut pace = Pace::default();
        pace.told(after(3_600_000));
        pace.changed();
        assert_eq!(pace.due(START), Some(START));
    }
}
