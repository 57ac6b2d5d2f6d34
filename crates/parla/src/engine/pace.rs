//! When the interface is told what changed: the first change at once, those that follow it together, some 15 times a second.

use tokio::time::Instant;

use crate::limits::BATCH_GAP;

/// Whether there is something to tell, and since when the interface has had its rest.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    changed: bool,
    rests_until: Option<Instant>,
}

impl Pace {
    /// There is something to tell.
    pub(crate) const fn changed(&mut self) {
        self.changed = true;
    }

    /// When to tell it; none if there is nothing.
    pub(crate) fn due(&self, now: Instant) -> Option<Instant> {
        self.changed.then(|| self.rests_until.map_or(now, |until| until.max(now)))
    }

    /// It was told.
    pub(crate) fn told(&mut self, now: Instant) {
        self.changed = false;
        self.rests_until = Some(now + BATCH_GAP);
    }

    /// There was nothing in it after all.
    pub(crate) const fn nothing(&mut self) {
        self.changed = false;
    }

    /// The interface has not taken the last batch yet; looking again costs little, and waits longer than a batch would.
    pub(crate) fn held(&mut self, now: Instant) {
        self.rests_until = Some(now + 2 * BATCH_GAP);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_first_change_goes_at_once_and_the_next_ones_together() {
        let start = Instant::now();
        let after = |ms| start + Duration::from_millis(ms);
        let mut pace = Pace::default();
        assert_eq!(pace.due(start), None);
        pace.changed();
        assert_eq!(pace.due(start), Some(start));
        pace.told(start);
        assert_eq!(pace.due(after(1)), None);
        pace.changed();
        assert_eq!(pace.due(after(1)), Some(start + BATCH_GAP));
        pace.changed();
        pace.told(start + BATCH_GAP);
        pace.changed();
        assert_eq!(pace.due(after(500)), Some(after(500)), "after a quiet time");
    }

    #[test]
    fn what_turned_out_to_be_nothing_costs_no_rest() {
        let now = Instant::now();
        let mut pace = Pace::default();
        pace.changed();
        pace.nothing();
        assert_eq!(pace.due(now), None);
        pace.changed();
        assert_eq!(pace.due(now), Some(now));
    }
}
