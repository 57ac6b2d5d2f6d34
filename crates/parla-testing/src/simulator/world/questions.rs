//! What the server asks of the daemon, and the answers, which come late, fail, or find nobody.

use parla_server::{
    Answer, Asker, ConnectionId, Input, NotCompared, PasswordOf, QueryResult, Question, QuestionId,
    Reconfiguration, Verdict,
};

use super::{OPERATOR, OPERATOR_PASSWORD, PASSWORD, World, closed, may_ask};
use crate::simulator::{
    checkers::{Checked, ensure},
    client::number,
};

/// Something that was asked of the daemon and will be answered.
#[derive(Debug)]
pub(super) enum Asked {
    History(Waits, QueryResult),
    Password(Waits, Verdict),
    /// Whether everything has been sent.
    Sent(ConnectionId),
    Configuration(Waits),
    /// There is none in a simulation.
    Gateway(Waits),
}

/// Who waits for an answer, and what it answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waits {
    id: QuestionId,
    connection: ConnectionId,
}

impl Waits {
    /// Brings the answer. The session may have ended: then it must be passed over.
    const fn answered(self, answer: Answer) -> Input {
        Input::Answer { id: self.id, answer }
    }
}

impl World {
    /// Something is asked of the daemon, which answers later.
    pub(super) fn question(&mut self, id: QuestionId, asker: Asker, question: Question) -> Checked {
        let waits = Waits { id, connection: asker.connection };
        let is_new = self.last_question.replace(waits.id).is_none_or(|last| last < waits.id);
        ensure(is_new, "questions", || format!("{:?} was asked before", waits.id))?;
        self.asked.push(match question {
            Question::Store(query) => {
                self.summary.queries += 1;
                let client = self.clients.get(waits.connection.key());
                may_ask(client.ok_or_else(|| closed(waits.connection))?, &query, &self.scene)?;
                Asked::History(waits, self.disk.answer(&query, &self.scene.store)?)
            }
            Question::Password { of, password } => {
                let wanted = match of {
                    PasswordOf::Server => Some(PASSWORD),
                    PasswordOf::Operator(name) => (name == OPERATOR).then_some(OPERATOR_PASSWORD),
                };
                let is_right = wanted == Some(password.reveal());
                Asked::Password(waits, if is_right { Verdict::Right } else { Verdict::Wrong })
            }
            Question::Configuration => Asked::Configuration(waits),
            Question::Gateway(_) => Asked::Gateway(waits),
            Question::Restart => {
                return ensure(false, "operators", || "a restart without the privilege".to_owned());
            }
        });
        Ok(())
    }

    /// The daemon answers one of the questions; `fails` if the disk does.
    pub(crate) fn answer(&mut self, which: usize, fails: bool) {
        if which >= self.asked.len() {
            return;
        }
        match self.asked.remove(which) {
            Asked::History(waits, result) => {
                let result = Some(result).filter(|_| !fails);
                self.trace.add(|| format!("history for {}, fails: {fails}", number(waits.connection)));
                if let Some(client) = self.clients.get_mut(waits.connection.key()) {
                    client.history_answered(result.clone());
                }
                self.input(waits.answered(Answer::Store(result)));
            }
            Asked::Configuration(waits) => {
                self.trace.add(|| format!("configuration for {}, is bad: {fails}", number(waits.connection)));
                let settings = self.scene.settings.clone();
                let lines = vec!["The configuration was read again.".to_owned()];
                let reconfiguration = Box::new(Reconfiguration { settings, notes: lines.clone() });
                let outcome = if fails { Err(lines) } else { Ok(reconfiguration) };
                self.input(waits.answered(Answer::Configuration(outcome)));
            }
            Asked::Password(waits, verdict) => {
                let verdict = if fails { Verdict::NotCompared(NotCompared::TooManyAtOnce) } else { verdict };
                self.trace.add(|| format!("password of {}: {verdict:?}", number(waits.connection)));
                self.input(waits.answered(Answer::Password(verdict)));
            }
            Asked::Sent(connection) => {
                self.trace.add(|| format!("everything is sent to {}", number(connection)));
                self.input(Input::Sent { connection });
            }
            Asked::Gateway(waits) => {
                self.trace.add(|| format!("{} is no gateway", number(waits.connection)));
                self.input(waits.answered(Answer::Gateway(Err("You are no gateway".to_owned()))));
            }
        }
    }
}
