//! What this machine counts of itself, for STATS. Starts anew with the server; no part of the network.

use std::collections::BTreeMap;

use parla_proto::{Timestamp, command::Facts};

/// Counts since the start.
#[derive(Debug)]
pub(crate) struct Statistics {
    pub(crate) started_at: Timestamp,
    /// How often each command came, refused ones too. As many entries as there are commands.
    commands: BTreeMap<&'static str, u64>,
}

impl Statistics {
    pub(crate) const fn new(started_at: Timestamp) -> Self {
        Self { started_at, commands: BTreeMap::new() }
    }

    /// A command came.
    pub(crate) fn count(&mut self, facts: &'static Facts) {
        *self.commands.entry(facts.name).or_default() += 1;
    }

    /// The commands that came, and how often, in the order of the alphabet.
    pub(crate) fn commands(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.commands.iter().map(|(name, count)| (*name, *count))
    }
}
