//! Sends the outputs of a batch, once the batch's changes are on disk.

use std::sync::Arc;

use parla_server::{Audit, Mechanism, Note, Noted, Output, Question};
use tokio::sync::mpsc;

use crate::{
    core::{control::Desk, hub::Batch, wish::Wish},
    log::AUDIT_TARGET,
    net::{
        connection_ids::ConnectionIds, connection_log::ConnectionLog, delivery::Delivery,
        hub_input::HubSenders,
    },
    work::{Hashing, Waiting, Workers},
};

/// The destinations of outputs.
pub(crate) struct Release {
    pub(crate) delivery: Delivery,
    pub(crate) hub_senders: HubSenders,
    pub(crate) workers: Workers,
    /// Each session has at most one open wish, so the queue is bounded.
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
                Output::TellWhenSent { connection } => {
                    if self.delivery.get(connection).is_some_and(|open| open.is_sent_or_will_tell()) {
                        self.hub_senders.tell_sent(connection);
                    }
                }
                Output::Question { id, asker, question } => {
                    if let Some(open) = self.delivery.get(asker.connection) {
                        self.ask(Waiting { id, address: asker.address, connection: open }, question);
                    }
                }
                Output::Forget(id) => self.workers.forget(id),
                Output::Shutdown => drop(self.wishes.send(Wish::Shutdown)),
                Output::Administered { id, answer } => self.desk.give(id, *answer),
                Output::Audit(audit) => {
                    let Audit { who, action, whom, why } = &*audit;
                    tracing::info!(target: AUDIT_TARGET, who, action, whom, why);
                }
                Output::Note(note) => self.note(&note),
                Output::Propose(_) => tracing::error!("a proposal without a cluster"),
            }
        }
    }

    /// Logs what happened to a connection, and passes it on to whoever counts it.
    fn note(&self, note: &Note) {
        self.log.note(note);
        match &note.noted {
            Noted::SignedIn { account, by_app_password: false } => {
                self.workers.signed_in(account, note.address);
            }
            // Nobody guesses certificates.
            Noted::SignInFailed { account, by, was_compared: false }
                if *by == Mechanism::ScramSha256.name() =>
            {
                self.workers.proof_was_wrong(account, note.address);
            }
            Noted::SignedIn { by_app_password: true, .. }
            | Noted::SignInFailed { .. }
            | Noted::Joined { .. }
            | Noted::Renamed { .. }
            | Noted::PasswordRefused
            | Noted::Left { .. } => {}
        }
    }

    /// Passes a question to whoever answers it.
    fn ask(&self, waiting: Waiting<'_>, question: Question) {
        let id = waiting.id;
        match question {
            Question::Store(query) => self.workers.read(waiting, query),
            Question::Password { of, password } => {
                self.workers.hash(waiting, Hashing::Password { of, password });
            }
            Question::NewPassword(password) => self.workers.hash(waiting, Hashing::NewPassword(password)),
            Question::AppPassword => self.workers.hash(waiting, Hashing::AppPassword),
            Question::Nonce { account } => self.workers.hash(waiting, Hashing::Nonce { account }),
            Question::Gateway(gateway) => self.workers.hash(waiting, Hashing::Gateway(gateway)),
            Question::Configuration => drop(self.wishes.send(Wish::Rehash(id))),
            Question::Restart => drop(self.wishes.send(Wish::Restart(id))),
        }
    }
}
