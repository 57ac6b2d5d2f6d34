//! Limits how often something is logged: at once, but no more often than the log can bear, with a summary of
//! what was left out.
//!
//! It reads no clock; time is an argument.

use std::{
    collections::HashMap,
    hash::Hash,
    time::{Duration, Instant},
};

/// How many groups are remembered. Events from further groups are only counted.
const GROUPS_MAX: usize = 1_024;

/// For how long the events of one group are summed up.
const SUMMED_FOR: Duration = Duration::from_secs(60);

/// How many lines of one kind may be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rate {
    /// Lines in a burst.
    pub(super) burst: u32,
    /// How long it takes until one more line is allowed after that.
    pub(super) interval: Duration,
}

/// What may be logged, and what was left out. `K` is the kind of an event, and `G` where it came from.
#[derive(Debug)]
pub(super) struct LogLimit<K, G> {
    kinds: HashMap<K, Kind>,
    groups: HashMap<(K, G), Group>,
}

#[derive(Debug)]
struct Kind {
    rate: Rate,
    /// When the full burst is available again.
    full_at: Instant,
    /// Events that no line has reported yet, apart from those that a group counts.
    left_out: u64,
}

#[derive(Debug)]
struct Group {
    since: Instant,
    /// Events that no line has reported yet.
    count: u64,
}

/// A line to be logged later: the number of events of a kind, from one group or from several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Summary<K, G> {
    pub(super) kind: K,
    pub(super) group: Option<G>,
    pub(super) count: u64,
}

impl<K, G> Default for LogLimit<K, G> {
    fn default() -> Self {
        Self { kinds: HashMap::new(), groups: HashMap::new() }
    }
}

impl<K: Copy + Eq + Hash, G: Clone + Eq + Hash> LogLimit<K, G> {
    /// Whether to log an event now. An event with a group is logged if it is the group's first for a while.
    pub(super) fn event(&mut self, kind: K, rate: Rate, group: Option<G>, now: Instant) -> bool {
        let known = self.kinds.entry(kind).or_insert(Kind { rate, full_at: now, left_out: 0 });
        let Some(group) = group else {
            let is_written = known.try_take(now);
            known.left_out += u64::from(!is_written);
            return is_written;
        };
        let has_room = self.groups.len() < GROUPS_MAX;
        match self.groups.get_mut(&(kind, group.clone())) {
            Some(summed) => {
                summed.count += 1;
                false
            }
            None if has_room => {
                let is_written = known.try_take(now);
                let count = u64::from(!is_written);
                self.groups.insert((kind, group), Group { since: now, count });
                is_written
            }
            None => {
                known.left_out += 1;
                false
            }
        }
    }

    /// The summaries of what was left out that are due now.
    pub(super) fn due(&mut self, now: Instant) -> Vec<Summary<K, G>> {
        let mut summaries = Vec::new();
        let kinds = &mut self.kinds;
        self.groups.retain(|(kind, group), summed| {
            if now.saturating_duration_since(summed.since) < SUMMED_FOR {
                return true;
            }
            if summed.count == 0 {
                return false;
            }
            if kinds.get_mut(kind).is_none_or(|kind| kind.try_take(now)) {
                summaries.push(Summary { kind: *kind, group: Some(group.clone()), count: summed.count });
                *summed = Group { since: now, count: 0 };
            }
            true
        });
        for (kind, known) in kinds {
            if known.left_out > 0 && known.try_take(now) {
                let count = std::mem::take(&mut known.left_out);
                summaries.push(Summary { kind: *kind, group: None, count });
            }
        }
        summaries
    }

    /// The summaries of everything that was left out, at the end.
    pub(super) fn rest(&mut self) -> Vec<Summary<K, G>> {
        let groups = self.groups.drain().filter(|(_, summed)| summed.count > 0);
        let groups =
            groups.map(|((kind, group), Group { count, .. })| Summary { kind, group: Some(group), count });
        let kinds = self.kinds.drain().filter(|(_, known)| known.left_out > 0);
        let kinds = kinds.map(|(kind, Kind { left_out: count, .. })| Summary { kind, group: None, count });
        groups.chain(kinds).collect()
    }

    /// Whether there is anything that [`Self::due`] must look at.
    pub(super) fn is_waiting(&self) -> bool {
        !self.groups.is_empty() || self.kinds.values().any(|kind| kind.left_out > 0)
    }
}

impl Kind {
    /// Takes one line from what may be logged.
    fn try_take(&mut self, now: Instant) -> bool {
        let full_at = self.full_at.max(now);
        let ahead = self.rate.interval * self.rate.burst.saturating_sub(1);
        if full_at.saturating_duration_since(now) > ahead {
            return false;
        }
        self.full_at = full_at + self.rate.interval;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EACH_SECOND: Rate = Rate { burst: 1, interval: Duration::from_secs(1) };

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    fn summary(group: Option<&'static str>, count: u64) -> Summary<u8, &'static str> {
        Summary { kind: 1, group, count }
    }

    #[test]
    fn a_group_is_told_once_and_then_summed_up() {
        let (mut limit, start) = (LogLimit::<u8, &str>::default(), Instant::now());
        assert!(limit.event(1, EACH_SECOND, Some("a"), start));
        for _ in 0..1_000 {
            assert!(!limit.event(1, EACH_SECOND, Some("a"), start + seconds(2)));
        }
        assert!(limit.event(1, EACH_SECOND, Some("b"), start + seconds(3)), "another is told by itself");
        assert!(limit.due(start + seconds(59)).is_empty());
        assert_eq!(limit.due(start + seconds(60)), [summary(Some("a"), 1_000)]);
        assert!(limit.is_waiting());
        assert!(
            limit.due(start + seconds(121)).is_empty() && !limit.is_waiting(),
            "what is quiet is forgotten"
        );
        assert!(limit.event(1, EACH_SECOND, Some("a"), start + seconds(200)));
    }

    #[test]
    fn one_line_a_second_from_however_many() {
        let (mut limit, start) = (LogLimit::<u8, &str>::default(), Instant::now());
        let from =
            |limit: &mut LogLimit<u8, &'static str>, group, at| limit.event(1, EACH_SECOND, Some(group), at);
        assert!(from(&mut limit, "a", start));
        assert!(!from(&mut limit, "b", start) && !from(&mut limit, "c", start));
        let mut summaries = limit.due(start + seconds(60));
        summaries.extend(limit.due(start + seconds(61)));
        assert_eq!(summaries.len(), 2, "one each second: {summaries:?}");
    }

    #[test]
    fn a_burst_and_what_was_left_out() {
        let rate = Rate { burst: 3, interval: seconds(1) };
        let (mut limit, start) = (LogLimit::<u8, &str>::default(), Instant::now());
        let written = (0..10).filter(|_| limit.event(1, rate, None, start)).count();
        assert_eq!(written, 3);
        assert!(limit.due(start).is_empty());
        assert_eq!(limit.due(start + seconds(1)), [summary(None, 7)]);
        assert!(!limit.is_waiting());
    }

    #[test]
    fn no_crowd_takes_memory() {
        let (mut limit, start) = (LogLimit::<u8, usize>::default(), Instant::now());
        for group in 0..GROUPS_MAX + 50 {
            limit.event(1, EACH_SECOND, Some(group), start);
        }
        assert_eq!(limit.groups.len(), GROUPS_MAX);
        let told: u64 = limit.rest().iter().map(|summary| summary.count).sum();
        assert_eq!(told, GROUPS_MAX as u64 + 50 - 1, "all but the one that was written at once");
        assert!(!limit.is_waiting());
    }
}
