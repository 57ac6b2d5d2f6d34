//! One call of the client: its time, and where its outputs go.

use parla_proto::{Line, Timestamp};

use crate::contract::Output;

/// One call of [`crate::Client::handle`].
pub(crate) struct Turn<'a> {
    pub(crate) now: Timestamp,
    pub(crate) outputs: &'a mut Vec<Output>,
}

impl Turn<'_> {
    pub(crate) fn send(&mut self, line: Line) {
        self.outputs.push(Output::Send(line.finish()));
    }
}
