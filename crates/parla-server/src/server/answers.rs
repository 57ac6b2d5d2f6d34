//! The daemon's answers to questions of sessions: passwords, gateways, the store, and the configuration.

use parla_proto::Reply;

use super::Server;
use crate::{
    base::connection::{ConnectionId, Peer},
    command::{self, oper::Applicant},
    contract::{
        note::Noted,
        output::{Output, Outputs},
        question::{Answer, QueryResult, QuestionId, Verdict},
    },
    network::{
        conversation::Conversation,
        entry::{EntryCommand, Proposer, Redact},
        refusal::Refusal,
    },
    session::{
        Password,
        long_answer::Moment,
        pause::{Asking, Exchange},
    },
};

/// A message to be deleted, and its conversation.
struct Redaction {
    conversation: Conversation,
    redaction: Box<Redact>,
}

impl Server {
    /// Asks the daemon on behalf of a session.
    pub(super) fn ask(&mut self, connection: ConnectionId, asking: Asking, out: &mut Outputs) {
        if let Some(session) = self.sessions.get_mut(connection) {
            self.questions.ask(session, asking, self.now, out);
        }
    }

    /// Handles an answer. Afterwards the session's lines go on, unless it must wait for something else or has
    /// ended. If the session ended before, its question is forgotten already.
    pub(super) fn answered(&mut self, id: QuestionId, answer: Answer, out: &mut Outputs) {
        let Some(connection) = self.questions.close(id) else { return };
        let Some(exchange) = self.sessions.answered(connection, id, self.now) else { return };
        match (exchange, answer) {
            (Exchange::ServerPassword, Answer::Password(verdict)) => {
                self.server_password_verified(connection, verdict, out);
            }
            (Exchange::Operator { name }, Answer::Password(verdict)) => {
                self.operator_verified(connection, &name, verdict, out);
            }
            (Exchange::Account(exchange), answer) => {
                self.account_answered(connection, *exchange, answer, out);
            }
            (Exchange::Gateway, Answer::Gateway(client)) => self.gateway_verified(connection, client, out),
            (Exchange::Configuration, Answer::Configuration(outcome)) => {
                self.configuration_read(connection, outcome, out);
            }
            (Exchange::History(question), Answer::Store(result)) => {
                let moment = Moment { network: &self.network, machine: &self.machine, now: self.now };
                if let Some(session) = self.sessions.get_mut(connection) {
                    command::chathistory::answer(session, moment, *question, result, out);
                }
            }
            (Exchange::Redaction { conversation, redaction }, Answer::Store(result)) => {
                self.redaction_found(connection, Redaction { conversation, redaction }, result.as_ref(), out);
            }
            // This would be the daemon's mistake; the session continues as if it had not asked.
            (exchange, answer) => debug_assert!(false, "{answer:?} is no answer to {exchange:?}"),
        }
        self.go_on(connection, out);
    }

    fn server_password_verified(&mut self, connection: ConnectionId, verdict: Verdict, out: &mut Outputs) {
        match verdict {
            Verdict::Right => {
                let session = self.sessions.get_mut(connection);
                if let Some(registration) = session.and_then(|session| session.registration()) {
                    registration.password = Password::Good;
                }
                self.register_if_complete(connection, out);
            }
            Verdict::Wrong => self.refuse_password(connection, out),
            Verdict::NotCompared(why) => self.end(connection, Some(&why.to_string()), None, out),
        }
    }

    pub(super) fn refuse_password(&mut self, connection: ConnectionId, out: &mut Outputs) {
        self.note(connection, Noted::PasswordRefused, out);
        self.reply(connection, Reply::PasswordMismatch {}, out);
        self.end(connection, Some("Bad password"), None, out);
    }

    /// Makes a user an operator, or counts a failed attempt.
    fn operator_verified(
        &mut self,
        connection: ConnectionId,
        name: &str,
        verdict: Verdict,
        out: &mut Outputs,
    ) {
        let Some(session) = self.sessions.get(connection) else { return };
        let address = session.peer.address;
        let Some((actor, user)) = session.user().and_then(|id| self.network.user(id).map(|user| (id, user)))
        else {
            return;
        };
        let applicant = Applicant { user, address };
        let grant = match verdict {
            Verdict::Right => command::oper::grant(&self.network.settings, applicant, name),
            Verdict::Wrong => Err(Refusal::PasswordMismatch),
            Verdict::NotCompared(why) => Err(Refusal::PasswordNotCompared(why.to_string())),
        };
        let audit = |refusal| command::oper::refused(applicant, name, refusal);
        match grant {
            Ok(grant) => {
                let by = Proposer { session: Some(connection), actor: Some(actor) };
                self.submit(by, EntryCommand::Oper(Box::new(grant)), out);
            }
            Err(refusal) => {
                out.outputs.push(Output::Audit(Box::new(audit(&refusal))));
                self.refuse(connection, &refusal, out);
                let session = self.sessions.get_mut(connection);
                if let Some(error) = session.and_then(command::oper::count_failure) {
                    self.end(connection, Some(error), None, out);
                }
            }
        }
    }
    fn gateway_verified(
        &mut self,
        connection: ConnectionId,
        client: Result<Box<Peer>, String>,
        out: &mut Outputs,
    ) {
        match client {
            Ok(peer) => {
                if let Some(session) = self.sessions.get_mut(connection) {
                    session.peer = *peer;
                }
            }
            Err(why) => self.end(connection, Some(&why), None, out),
        }
    }

    /// Handles the store's answer about a message to be deleted.
    fn redaction_found(
        &mut self,
        connection: ConnectionId,
        Redaction { conversation, redaction }: Redaction,
        result: Option<&QueryResult>,
        out: &mut Outputs,
    ) {
        let actor = self.sessions.get(connection).and_then(|session| session.user());
        let by = Proposer { session: Some(connection), actor };
        match command::redact::found(&self.network.settings, conversation, redaction, result) {
            Ok(command) => self.submit(by, command, out),
            Err(refusal) => self.refuse(connection, &refusal, out),
        }
    }
}
