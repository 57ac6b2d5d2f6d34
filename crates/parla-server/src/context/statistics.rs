//! What this machine counts for STATS. The counts start at zero with the server and are not part of the
//! network.

use std::collections::BTreeMap;

use parla_proto::{Timestamp, command::Facts};

/// Counts since the start.
#[derive(Debug)]
pub(crate) struct Statistics {
    pub(crate) started_at: Timestamp,
    /// How often each command was received, including refused ones. It has at most as many entries as there
    /// are commands.
    commands: BTreeMap<&'static str, u64>,
}

impl Statistics {
    pub(crate) const fn new(started_at: Timestamp) -> Self {
        Self { started_at, commands: BTreeMap::new() }
    }

    /// Counts a received command.
    pub(crate) fn count(&mut self, facts: &'static Facts) {
        *self.commands.entry(facts.name).or_default() += 1;
    }

    /// The commands that were received, in alphabetical order, and how often.
    pub(crate) fn commands(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.commands.iter().map(|(name, count)| (*name, *count))
    }
}
