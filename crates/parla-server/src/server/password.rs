//! Passwords that the daemon has compared: the server's own, and those of operators.

use parla_proto::Reply;

use super::Server;
use crate::{
    audit::Audit,
    command,
    connection::ConnectionId,
    entry::{EntryCommand, Origin},
    limits::OPER_FAILURES_MAX,
    note::Noted,
    output::{Output, Outputs, PasswordOf},
    refusal::Refusal,
    session::{Password, Until},
};

impl Server {
    pub(super) fn password_verified(&mut self, connection: ConnectionId, good: bool, out: &mut Outputs) {
        let Some(session) = self.sessions.get_mut(connection) else { return };
        let Some(pause) = &mut session.pause else { return };
        let until = std::mem::replace(&mut pause.until, Until::Time(self.now));
        let Until::PasswordVerified(of) = until else {
            pause.until = until;
            return;
        };
        match of {
            PasswordOf::Server if !good => return self.refuse_password(connection, out),
            PasswordOf::Server => {
                if let Some(registration) = session.registration() {
                    registration.password = Password::Good;
                }
                self.register_if_complete(connection, out);
            }
            PasswordOf::Operator(name) => self.operator_verified(connection, (&name, good), out),
        }
        self.go_on(connection, out);
    }

    pub(super) fn refuse_password(&mut self, connection: ConnectionId, out: &mut Outputs) {
        self.note(connection, Noted::PasswordRefused, out);
        self.reply(connection, Reply::PasswordMismatch {}, out);
        self.end(connection, Some("Bad password"), None, out);
    }

    /// Makes a user an operator, or counts an attempt that failed.
    fn operator_verified(&mut self, connection: ConnectionId, (name, good): (&str, bool), out: &mut Outputs) {
        let Some(session) = self.sessions.get(connection) else { return };
        let address = session.peer.address;
        let Some((actor, user)) = session.user().and_then(|id| self.network.user(id).map(|user| (id, user)))
        else {
            return;
        };
        let grant = if good {
            command::oper::grant(&self.settings, (user, address), name)
        } else {
            Err(Refusal::PasswordMismatch)
        };
        let who = format!("{} at {address}", user.source());
        match grant {
            Ok(grant) => {
                let origin = Origin { node: self.node, connection, actor: Some(actor) };
                self.submit(origin, EntryCommand::Oper(Box::new(grant)), out);
            }
            Err(refusal) => {
                let why = match refusal {
                    Refusal::NoOperHost => "refused: not from this address",
                    _ => "refused: wrong name or password",
                };
                let audit = Audit { who, action: "OPER", whom: name.to_owned(), why: why.to_owned() };
                out.outputs.push(Output::Audit(Box::new(audit)));
                self.refuse(connection, &refusal, out);
                self.count_failure(connection, out);
            }
        }
    }

    /// Too many attempts to become an operator end the connection.
    fn count_failure(&mut self, connection: ConnectionId, out: &mut Outputs) {
        let Some(session) = self.sessions.get_mut(connection) else { return };
        session.oper_failures = session.oper_failures.saturating_add(1);
        if session.oper_failures >= OPER_FAILURES_MAX {
            self.end(connection, Some("Too many failed attempts to become an operator"), None, out);
        }
    }
}
