//! RPL_NAMREPLY: who is in a room.

use super::Incoming;
use crate::client::Client;

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>) {
    let Some(id) = client.buffers.room(&client.session, incoming.param(2)) else { return };
    let Some(buffer) = client.buffers.get_mut(id).filter(|buffer| buffer.is_present()) else { return };
    for word in incoming.param(3).split_ascii_whitespace() {
        let (signs, nick) = client.session.split_prefixes(word);
        if client.session.is_nick(nick) {
            buffer.members.insert(&client.session, nick, signs);
            buffer.members.set_called(&client.session, nick, client.names.of(&client.session, nick));
        }
    }
    client.changes.buffer(id);
}
