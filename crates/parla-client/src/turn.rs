//! One call of the client: its time, and everything that leaves the client: lines and other outputs for the shell, and what the
//! interface has to be told.

use std::sync::Arc;

use parla_proto::{Line, Timestamp};

use crate::{
    changes::Changes,
    contract::Output,
    problem::Problem,
    view::{Alert, BufferId, NetworkId, Notice, Person, RowId, Update},
};

/// One call of [`crate::Client::handle`].
pub(crate) struct Turn<'a> {
    pub(crate) now: Timestamp,
    network: NetworkId,
    outputs: &'a mut Vec<Output>,
    changes: Changes,
}

impl<'a> Turn<'a> {
    /// A call at this time, for this network. What it changes is added to `changes`.
    pub(crate) const fn new(
        now: Timestamp,
        network: NetworkId,
        outputs: &'a mut Vec<Output>,
        changes: Changes,
    ) -> Self {
        Self { now, network, outputs, changes }
    }

    /// The call is over. Gives what the interface has to be told.
    pub(crate) fn end(self) -> Changes {
        self.changes
    }

    /// Sends a line.
    pub(crate) fn send(&mut self, line: Line) {
        self.outputs.push(Output::Send(line.finish()));
    }

    /// Has the shell do something.
    pub(crate) fn output(&mut self, output: Output) {
        self.outputs.push(output);
    }

    /// How many outputs there are, to ask later whether any line was sent behind them.
    pub(crate) const fn outputs(&self) -> usize {
        self.outputs.len()
    }

    /// Whether a line was sent behind so many outputs.
    pub(crate) fn has_sent_since(&self, outputs: usize) -> bool {
        self.outputs.iter().skip(outputs).any(|output| matches!(output, Output::Send(_)))
    }

    /// Something about the network has changed that the interface sees.
    pub(crate) const fn network_changed(&mut self) {
        self.changes.network = true;
    }

    /// Says something once, at this conversation if there is one.
    pub(crate) fn say(&mut self, buffer: Option<BufferId>, notice: Notice) {
        self.changes.event(Update::Notice(self.network, buffer, notice));
    }

    /// Says once that something did not work.
    pub(crate) fn complain(&mut self, buffer: Option<BufferId>, problem: Problem) {
        self.say(buffer, Notice::Problem(Arc::new(problem)));
    }

    /// Takes the person to a conversation.
    pub(crate) fn show(&mut self, buffer: BufferId) {
        self.changes.event(Update::Show(self.network, buffer));
    }

    /// Tells the person of a message that they are not looking at.
    pub(crate) fn alert(&mut self, buffer: BufferId, alert: Alert) {
        self.changes.event(Update::Alert(self.network, buffer, alert));
    }

    /// Nothing is to be said any more of what stands in this row.
    pub(crate) fn retract(&mut self, buffer: BufferId, row: RowId) {
        self.changes.retract(buffer, row);
    }

    /// Tells what is known of somebody.
    pub(crate) fn tell_of(&mut self, person: Person) {
        self.changes.event(Update::Person(self.network, Arc::new(person)));
    }
}
