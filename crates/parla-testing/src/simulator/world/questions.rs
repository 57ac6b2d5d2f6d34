//! The server's questions to the daemon, and the answers, which may be late, be failures, or come when nobody
//! waits for them any more.

use parla_server::{
    Answer, Asker, ConnectionId, Input, NotCompared, PasswordOf, PasswordProof, QueryResult, Question,
    QuestionId, Reconfiguration, Secret, Verdict,
};

use super::{OPERATOR, OPERATOR_PASSWORD, PASSWORD, World, closed, delivery::may_ask};
use crate::simulator::{
    checkers::{Checked, ensure},
    client::number,
    machine::Machine,
    people::passwords,
};

/// A question to the daemon that is still to be answered.
#[derive(Debug)]
pub(super) enum Asked {
    History(Waits, QueryResult),
    Password(Waits, Verdict),
    /// What is to be kept of a password.
    NewPassword(Waits, Box<PasswordProof>),
    AppPassword(Waits),
    Nonce(Waits),
    /// Whether everything that a machine had for a client has been sent.
    Sent(usize, ConnectionId),
    Configuration(Waits),
    /// A simulation has no gateways.
    Gateway(Waits),
}

/// Who waits for an answer, and to which question.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waits {
    /// The machine that asked.
    which: usize,
    id: QuestionId,
    connection: ConnectionId,
}

impl Asked {
    /// The machine that asked.
    pub(super) const fn which(&self) -> usize {
        match self {
            Self::History(waits, _)
            | Self::Password(waits, _)
            | Self::NewPassword(waits, _)
            | Self::AppPassword(waits)
            | Self::Nonce(waits)
            | Self::Configuration(waits)
            | Self::Gateway(waits) => waits.which,
            Self::Sent(which, _) => *which,
        }
    }
}

impl World {
    /// Takes a question, which is answered later.
    pub(super) fn question(
        &mut self,
        (which, id): (usize, QuestionId),
        asker: Asker,
        question: Question,
    ) -> Checked {
        let waits = Waits { which, id, connection: self.client_of(which, asker.connection)? };
        let last = self.machines.get_mut(which).and_then(|machine| machine.last_question.replace(id));
        let is_new = last.is_none_or(|last| last < id);
        ensure(is_new, "questions", || format!("{:?} was asked before", waits.id))?;
        self.asked.push(match question {
            Question::Store(query) => {
                self.summary.queries += 1;
                let client = self.clients.get(waits.connection.key());
                may_ask(client.ok_or_else(|| closed(waits.connection))?, &query, &self.scene)?;
                let own = self.machines.get_mut(which).and_then(|machine| machine.projection.as_mut());
                let answer = match own {
                    Some(projection) => projection.answer(&query)?,
                    None => self.disk.answer(&query, &self.scene.store)?,
                };
                Asked::History(waits, answer)
            }
            Question::Password { of, password } => {
                let given = password.reveal();
                let is_right = match of {
                    PasswordOf::Server => given == PASSWORD,
                    PasswordOf::Operator(name) => name == OPERATOR && given == OPERATOR_PASSWORD,
                    PasswordOf::Account { hash, .. } => {
                        hash.is_some_and(|hash| *hash == *passwords::hash(given))
                    }
                };
                Asked::Password(waits, if is_right { Verdict::Right } else { Verdict::Wrong })
            }
            Question::Configuration => Asked::Configuration(waits),
            Question::Gateway(_) => Asked::Gateway(waits),
            Question::NewPassword(password) => {
                Asked::NewPassword(waits, Box::new(passwords::proof(password.reveal())))
            }
            Question::AppPassword => Asked::AppPassword(waits),
            Question::Nonce { .. } => Asked::Nonce(waits),
            Question::Restart => {
                return ensure(false, "operators", || "a restart without the privilege".to_owned());
            }
        });
        Ok(())
    }

    /// Answers one of the questions. `fails` says whether the work for it fails: reading the disk or the
    /// configuration, or comparing a password.
    pub(crate) fn answer(&mut self, which: usize, fails: bool) {
        if which >= self.asked.len() {
            return;
        }
        let asked = self.asked.remove(which);
        if !self.machines.get(asked.which()).is_some_and(Machine::runs) {
            return self.asked.push(asked);
        }
        match asked {
            Asked::History(waits, result) => {
                let result = Some(result).filter(|_| !fails);
                self.trace.add(|| format!("history for {}, fails: {fails}", number(waits.connection)));
                if let Some(client) = self.clients.get_mut(waits.connection.key()) {
                    client.history_answered(result.clone());
                }
                self.answered(waits, Answer::Store(result));
            }
            Asked::Configuration(waits) => {
                self.trace.add(|| format!("configuration for {}, is bad: {fails}", number(waits.connection)));
                let settings = self.scene.settings.clone();
                let lines = vec!["The configuration was read again.".to_owned()];
                let reconfiguration = Box::new(Reconfiguration { settings, notes: lines.clone() });
                let outcome = if fails { Err(lines) } else { Ok(reconfiguration) };
                self.answered(waits, Answer::Configuration(outcome));
            }
            Asked::Password(waits, verdict) => {
                let verdict = if fails { Verdict::NotCompared(NotCompared::TooManyAtOnce) } else { verdict };
                self.trace.add(|| format!("password of {}: {verdict:?}", number(waits.connection)));
                self.answered(waits, Answer::Password(verdict));
            }
            Asked::NewPassword(waits, proof) => {
                let proof = if fails { Err(NotCompared::TooManyAtOnce) } else { Ok(proof) };
                self.trace.add(|| format!("new password of {}, fails: {fails}", number(waits.connection)));
                self.answered(waits, Answer::NewPassword(proof));
            }
            Asked::AppPassword(waits) => {
                let password = Secret::new(passwords::app_password(waits.id.number()));
                let password = if fails { Err(NotCompared::TooManyAtOnce) } else { Ok(password) };
                self.trace.add(|| format!("app password of {}, fails: {fails}", number(waits.connection)));
                self.answered(waits, Answer::AppPassword(password));
            }
            Asked::Nonce(waits) => {
                let nonce = format!("n{}", waits.id.number());
                let nonce = if fails { Err(NotCompared::TooManyAtOnce) } else { Ok(nonce) };
                self.trace.add(|| format!("nonce of {}: {nonce:?}", number(waits.connection)));
                self.answered(waits, Answer::Nonce(nonce));
            }
            Asked::Sent(_, connection) => {
                self.trace.add(|| format!("everything is sent to {}", number(connection)));
                self.input_of(connection, |connection| Input::Sent { connection });
            }
            Asked::Gateway(waits) => {
                self.trace.add(|| format!("{} is no gateway", number(waits.connection)));
                self.answered(waits, Answer::Gateway(Err("You are no gateway".to_owned())));
            }
        }
    }

    /// Delivers an answer. If the session has ended, the server must ignore it.
    fn answered(&mut self, waits: Waits, answer: Answer) {
        let now = self.now;
        self.scene.store.see_time(now);
        if let Some(machine) = self.machines.get_mut(waits.which) {
            machine.input(now, Input::Answer { id: waits.id, answer });
        }
    }
}
