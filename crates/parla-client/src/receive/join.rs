//! JOIN: someone comes into a room.

use super::Incoming;
use crate::{
    client::{Client, Turn},
    history,
    text::shown_name,
    view::{BufferKind, Event, Presence, Update},
};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    let room = incoming.param(0);
    if room.is_empty() || room.len() > crate::limits::NAME_BYTES_MAX || !client.session.is_room(room) {
        return;
    }
    if client.session.is_own(incoming.from) {
        return own(client, incoming, turn);
    }
    let Some(id) = client.buffers.named(&client.session, room) else { return };
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    if !buffer.members.contains(&client.session, incoming.from) {
        buffer.members.insert(&client.session, incoming.from, "");
        client.happened(id, incoming.at, Event::Joined { who: shown_name(incoming.from) });
    }
}

/// The person is in a room, because he wished it or the server did.
fn own(client: &mut Client, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    if let Some(source) = &incoming.message.source
        && let (Some(user), Some(host)) = (source.user, source.host)
    {
        client.session.userhost = Some(format!("{user}@{host}"));
    }
    let Some(id) = client.buffers.open(&client.session, BufferKind::Room, incoming.param(0)) else { return };
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    buffer.name = incoming.param(0).into();
    buffer.presence = Presence::Present;
    buffer.is_leaving = false;
    buffer.members.clear();
    // What was said before the person first came is not new to him.
    if buffer.read_until.is_none() {
        buffer.read_until = Some(incoming.at);
    }
    let is_wanted = std::mem::take(&mut buffer.show_when_joined);
    client.changes.memory = true;
    client.changes.buffer(id);
    if is_wanted {
        client.changes.event(Update::Show(client.settings.network, id));
    }
    history::joined(client, id, turn);
}
