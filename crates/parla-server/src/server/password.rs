//! Passwords that the daemon has compared: the server's own, and those of operators.

use parla_proto::Reply;

use super::Server;
use crate::{
    base::connection::ConnectionId,
    command,
    contract::{
        note::Noted,
        output::{Output, Outputs, PasswordOf, Verdict},
    },
    network::{
        entry::{EntryCommand, Proposer},
        refusal::Refusal,
    },
    session::{Password, Until},
};

impl Server {
    pub(super) fn password_verified(
        &mut self,
        connection: ConnectionId,
        verdict: Verdict,
        out: &mut Outputs,
    ) {
        let wanted = |until: &Until| matches!(until, Until::PasswordVerified(_));
        let Some((session, until)) = self.sessions.answered(connection, wanted, self.now) else { return };
        match (until, verdict) {
            (Until::PasswordVerified(PasswordOf::Operator(name)), verdict) => {
                self.operator_verified(connection, (&name, verdict), out);
            }
            (_, Verdict::Right) => {
                if let Some(registration) = session.registration() {
                    registration.password = Password::Good;
                }
                self.register_if_complete(connection, out);
            }
            (_, Verdict::Wrong) => return self.refuse_password(connection, out),
            (_, Verdict::NotCompared(why)) => {
                return self.end(connection, Some(&why.to_string()), None, out);
            }
        }
        self.go_on(connection, out);
    }

    pub(super) fn refuse_password(&mut self, connection: ConnectionId, out: &mut Outputs) {
        self.note(connection, Noted::PasswordRefused, out);
        self.reply(connection, Reply::PasswordMismatch {}, out);
        self.end(connection, Some("Bad password"), None, out);
    }

    /// Makes a user an operator, or counts an attempt that failed.
    fn operator_verified(
        &mut self,
        connection: ConnectionId,
        (name, verdict): (&str, Verdict),
        out: &mut Outputs,
    ) {
        let Some(session) = self.sessions.get(connection) else { return };
        let address = session.peer.address;
        let Some((actor, user)) = session.user().and_then(|id| self.network.user(id).map(|user| (id, user)))
        else {
            return;
        };
        let grant = match verdict {
            Verdict::Right => command::oper::grant(&self.settings, (user, address), name),
            Verdict::Wrong => Err(Refusal::PasswordMismatch),
            Verdict::NotCompared(why) => Err(Refusal::PasswordNotCompared(why.to_string())),
        };
        let audit = |refusal| command::oper::refused((user, address), name, refusal);
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
}
