//! RPL_LIST: the rooms there are.

use super::Incoming;
use crate::client::Client;

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>) {
    client.changes.directory |= client.directory.add(incoming.message);
}

/// RPL_LISTEND.
pub(super) fn end(client: &mut Client) {
    client.directory.end();
    client.changes.directory = true;
}
