//! ERROR: the server ends the connection, and says why.

use super::{Incoming, refusal};
use crate::{client::Client, problem::ProblemKind};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>) {
    let reason = incoming.param(0);
    let lower = reason.to_ascii_lowercase();
    let is_fast = ["too many", "throttl", "too fast", "reconnect"].iter().any(|word| lower.contains(word));
    let is_banned =
        ["banned", "k-line", "g-line", "z-line", "d-line"].iter().any(|word| lower.contains(word));
    let is_out = !client.session.is_registered;
    let kind = match (is_banned, is_fast) {
        _ if is_out && refusal::asks_for_account(reason) => ProblemKind::SignInNeeded,
        _ if is_out && lower.contains("password") => client.session.sign_in.refused(),
        (true, _) => ProblemKind::BannedFromServer,
        (false, true) => ProblemKind::Throttled,
        (false, false) => ProblemKind::ServerClosed,
    };
    // A numeric before it knew better.
    if client.link.parting.is_none() {
        client.link.parting = Some(client.problem(kind, "", reason));
    }
}
