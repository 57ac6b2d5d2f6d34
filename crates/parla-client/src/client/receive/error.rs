//! ERROR: the server ends the connection and says why.

use crate::{
    incoming::Incoming,
    link::Link,
    parting,
    problem::{Problem, ProblemKind},
    session::Session,
};

impl Link {
    /// ERROR: notes why the connection will end, unless something more precise is known.
    pub(super) fn error(&mut self, session: &Session, incoming: &Incoming<'_>) {
        let reason = incoming.param(0);
        let is_out = !session.is_registered();
        let kind = match parting::problem(reason) {
            _ if is_out && parting::asks_for_account(reason) => ProblemKind::SignInNeeded,
            ProblemKind::AccountNeeded if is_out => ProblemKind::SignInNeeded,
            ProblemKind::PasswordWrong if is_out => session.password_refused(),
            ProblemKind::ServerClosed if is_out && parting::asks_for_password(reason) => {
                session.password_refused()
            }
            kind => kind,
        };
        // An earlier numeric or code is more precise, but it cannot say that people with an account are
        // welcome.
        let is_known = self.parting().is_some_and(|known| {
            kind != ProblemKind::SignInNeeded || known.kind != ProblemKind::BannedFromServer
        });
        if !is_known {
            self.parts(Problem::new(kind, "", reason));
        }
    }
}
