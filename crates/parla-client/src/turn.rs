//! One call of the client: its time, and everything that the call produces: lines and other outputs for the
//! shell, and updates for the interface.

use std::sync::Arc;

use parla_proto::{Line, Timestamp};

use crate::{
    changes::Changes,
    contract::Output,
    problem::Problem,
    view::{Alert, Announcement, BufferId, NetworkId, Person, RowId, Update},
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

    /// Ends the call. Returns what the interface must be told.
    pub(crate) fn end(self) -> Changes {
        self.changes
    }

    /// Sends a line.
    pub(crate) fn send(&mut self, line: Line) {
        self.outputs.push(Output::Send(line.finish()));
    }

    /// Tells the shell to do something.
    pub(crate) fn output(&mut self, output: Output) {
        self.outputs.push(output);
    }

    /// The number of outputs so far, so that the caller can check later whether a line was sent after them.
    pub(crate) const fn outputs(&self) -> usize {
        self.outputs.len()
    }

    /// Whether a line was sent after this many outputs.
    pub(crate) fn has_sent_since(&self, outputs: usize) -> bool {
        self.outputs.iter().skip(outputs).any(|output| matches!(output, Output::Send(_)))
    }

    /// Marks the network as changed for the interface.
    pub(crate) const fn network_changed(&mut self) {
        self.changes.network = true;
    }

    /// Makes an announcement, in this conversation if there is one.
    pub(crate) fn announce(&mut self, buffer: Option<BufferId>, announcement: Announcement) {
        self.changes.event(Update::Announcement(self.network, buffer, announcement));
    }

    /// Tells the person that something failed.
    pub(crate) fn complain(&mut self, buffer: Option<BufferId>, problem: Problem) {
        self.announce(buffer, Announcement::Problem(Arc::new(problem)));
    }

    /// Shows the person a conversation.
    pub(crate) fn show(&mut self, buffer: BufferId) {
        self.changes.event(Update::Show(self.network, buffer));
    }

    /// Notifies the person of a message that they are not looking at.
    pub(crate) fn alert(&mut self, buffer: BufferId, alert: Alert) {
        self.changes.event(Update::Alert(self.network, buffer, alert));
    }

    /// Withdraws the notifications for this row.
    pub(crate) fn retract(&mut self, buffer: BufferId, row: RowId) {
        self.changes.retract(buffer, row);
    }

    /// Tells the interface what is known of somebody.
    pub(crate) fn tell_of(&mut self, person: Person) {
        self.changes.event(Update::Person(self.network, Arc::new(person)));
    }
}
