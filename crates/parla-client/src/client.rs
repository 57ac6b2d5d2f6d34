//! The parts of one network's client, and what ends or begins for all of them at once.
//!
//! What lines and wishes change stands above, in [`crate::receive`] and [`crate::intents`]; what is called when, in
//! [`crate::handle`].

use std::sync::Arc;

use crate::{
    batches::Batches,
    contract::Output,
    history::{History, Known},
    outbox::Outbox,
    problem::Problem,
    records::Records,
    state::State,
    turn::Turn,
    view::{BufferId, Presence},
};

/// A client of one network.
#[derive(Debug)]
pub struct Client {
    pub(crate) state: State,
    pub(crate) outbox: Outbox,
    pub(crate) history: History,
    pub(crate) batches: Batches,
    pub(crate) records: Records,
}

impl Client {
    /// Tries to connect, whatever was before.
    pub(crate) fn connect(&mut self, turn: &mut Turn<'_>) {
        self.leave_session(turn);
        self.state.link.begin(turn.now);
        self.state.changes.network = true;
        turn.outputs.push(Output::Connect);
    }

    /// Stops for good, until the person wants otherwise.
    pub(crate) fn stop(&mut self, why: Option<Problem>, suggestion: Option<Arc<str>>, turn: &mut Turn<'_>) {
        turn.outputs.push(Output::Disconnect);
        self.leave_session(turn);
        self.state.link.stop(why, suggestion);
        self.state.changes.network = true;
    }

    /// What was true of the connection is true no more.
    pub(crate) fn leave_session(&mut self, turn: &Turn<'_>) {
        self.outbox.connection_lost(&self.state.buffers, turn.now);
        self.history.connection_lost(&mut self.state.buffers);
        self.batches = Batches::default();
        self.state.connection_lost().into_iter().for_each(|left| self.close(left));
    }

    /// The person is not in a room and cannot come in, or was sent out.
    pub(crate) fn shut_out(&mut self, id: BufferId, problem: &Problem) {
        let Self { state, outbox, .. } = self;
        outbox.shut_out(state, id, problem);
        if let Some(buffer) = state.buffers.get_mut(id) {
            buffer.leave(Presence::Absent(Some(Arc::new(problem.clone()))));
        }
        state.changes.memory = true;
        state.changes.buffer(id);
    }

    /// A conversation is over, for the person.
    pub(crate) fn close(&mut self, id: BufferId) {
        self.outbox.discard_all(id);
        if self.state.buffers.close(id).is_some() {
            self.state.changes.closed(id);
            self.state.changes.memory = true;
        }
    }

    /// The history has told what is known now of a conversation: that decides what has arrived there.
    pub(crate) fn settle(&mut self, id: BufferId, known: Option<Known>) {
        if let Some(known) = known {
            self.outbox.settle(&mut self.state, id, &known);
        }
    }
}
