//! ERROR: the server ends the connection, and says why.

use super::Incoming;
use crate::{client::Client, parting};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>) {
    let reason = incoming.param(0);
    // A numeric before it knew better.
    if client.link.parting.is_none() {
        client.link.parting = Some(client.problem(parting::problem(reason), "", reason));
    }
}
