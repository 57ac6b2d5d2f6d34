//! The last events of a run, for the report of a failure.

use std::collections::VecDeque;

/// A list that drops its oldest events.
#[derive(Debug)]
pub(crate) struct Trace {
    events: VecDeque<String>,
    most: usize,
}

impl Trace {
    /// A list of at most `most` events.
    pub(crate) fn new(most: usize) -> Self {
        Self { events: VecDeque::new(), most }
    }

    /// Adds an event. It is formatted only if the list can hold any.
    pub(crate) fn add(&mut self, event: impl FnOnce() -> String) {
        if self.most == 0 {
            return;
        }
        if self.events.len() >= self.most {
            self.events.pop_front();
        }
        self.events.push_back(event());
    }

    /// The events, starting with the oldest.
    pub(crate) fn events(&self) -> Vec<String> {
        self.events.iter().cloned().collect()
    }
}
