//! Lets the outputs of a batch leave, once what the batch changed is on disk.

use std::sync::Arc;

use parla_server::{Audit, ConnectionId, Output};
use tokio::sync::mpsc;

use crate::{
    core::{control::Desk, hub::Batch, wish::Wish},
    log::AUDIT_TARGET,
    net::{
        connection_ids::ConnectionIds, connection_log::ConnectionLog, delivery::Delivery, hub_input::Roads,
        send_queue::Then,
    },
    work::password::{Asked, Pool},
};

/// Where outputs go.
pub(crate) struct Release {
    pub(crate) delivery: Delivery,
    pub(crate) roads: Roads,
    pub(crate) passwords: Pool,
    /// Each session has at most one under way, so the queue is bounded.
    pub(crate) wishes: mpsc::UnboundedSender<Wish>,
    pub(crate) ids: Arc<ConnectionIds>,
    /// Where the administrator waits for answers.
    pub(crate) desk: Arc<Desk>,
    pub(crate) log: Arc<ConnectionLog>,
}

impl Release {
    /// Sends the lines of a batch, and does what else it asks for.
    pub(crate) fn release(&mut self, batch: Batch) {
        for (id, connection) in batch.opened {
            self.delivery.open(id, connection);
        }
        let outputs = batch.outputs.outputs;
        self.delivery.deliver(&outputs);
        for output in outputs {
            match output {
                Output::Deliver { .. } => {}
                Output::LineTaken { connection, bytes } => {
                    if let Some(connection) = self.delivery.get(connection) {
                        connection.line_taken(bytes);
                    }
                }
                Output::Close { connection } => {
                    if let Some(open) = self.delivery.forget(connection) {
                        open.close();
                        self.ids.give_back(connection);
                    }
                }
                Output::Query { connection, query } => self.when_sent(connection, Then::Ask(query)),
                Output::TellWhenSent { connection } => self.when_sent(connection, Then::Tell),
                Output::VerifyPassword { connection, from, of, password } => {
                    if let Some(open) = self.delivery.get(connection) {
                        let asked = Asked::Password { of, from, password };
                        self.passwords.ask(connection, open, asked);
                    }
                }
                Output::Rehash { connection } => drop(self.wishes.send(Wish::Rehash(connection))),
                Output::Shutdown => drop(self.wishes.send(Wish::Shutdown)),
                Output::Restart { connection } => drop(self.wishes.send(Wish::Restart(connection))),
                Output::Administered { id, answer } => self.desk.give(id, *answer),
                Output::Audit(audit) => {
                    let Audit { who, action, whom, why } = &*audit;
                    tracing::info!(target: AUDIT_TARGET, who, action, whom, why);
                }
                Output::Note(note) => self.log.note(&note),
                Output::VerifyGateway { connection, gateway } => {
                    if let Some(open) = self.delivery.get(connection) {
                        self.passwords.ask(connection, open, Asked::Gateway(gateway));
                    }
                }
                Output::Propose(_) => tracing::error!("a proposal without a cluster"),
            }
        }
    }

    /// Does something now if the connection has been sent everything, and otherwise leaves it to the connection.
    fn when_sent(&self, connection: ConnectionId, then: Then) {
        let open = self.delivery.get(connection);
        if let Some(then) = open.and_then(|open| open.when_sent(then)) {
            self.roads.send(connection, then);
        }
    }
}
