//! ERROR: the server ends the connection, and says why.

use super::Incoming;
use crate::{parting, problem::ProblemKind, state::State};

pub(super) fn receive(state: &mut State, incoming: &Incoming<'_>) {
    let reason = incoming.param(0);
    let is_out = !state.session.is_registered;
    let kind = match parting::problem(reason) {
        _ if is_out && parting::asks_for_account(reason) => ProblemKind::SignInNeeded,
        ProblemKind::AccountNeeded if is_out => ProblemKind::SignInNeeded,
        ProblemKind::PasswordWrong if is_out => state.session.sign_in.refused(),
        ProblemKind::ServerClosed if is_out && parting::asks_for_password(reason) => {
            state.session.sign_in.refused()
        }
        kind => kind,
    };
    // A numeric or a code before it knew better, except that it cannot say that those with an account are welcome.
    let is_known = state.link.parting.as_ref().is_some_and(|known| {
        kind != ProblemKind::SignInNeeded || known.kind != ProblemKind::BannedFromServer
    });
    if !is_known {
        state.link.parting = Some(state.problem(kind, "", reason));
    }
}
