//! ERROR: the server ends the connection, and says why.

use super::{Incoming, refusal};
use crate::{client::Client, parting, problem::ProblemKind};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>) {
    let reason = incoming.param(0);
    let is_out = !client.session.is_registered;
    let kind = match parting::problem(reason) {
        _ if is_out && refusal::asks_for_account(reason) => ProblemKind::SignInNeeded,
        ProblemKind::AccountNeeded if is_out => ProblemKind::SignInNeeded,
        ProblemKind::PasswordWrong if is_out => client.session.sign_in.refused(),
        ProblemKind::ServerClosed if is_out && reason.to_ascii_lowercase().contains("password") => {
            client.session.sign_in.refused()
        }
        kind => kind,
    };
    // A numeric before it knew better.
    if client.link.parting.is_none() {
        client.link.parting = Some(client.problem(kind, "", reason));
    }
}
