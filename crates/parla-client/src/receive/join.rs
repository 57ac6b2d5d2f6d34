//! JOIN: someone comes into a room.

use super::Incoming;
use crate::{
    buffer::Read,
    client::Client,
    history::Came,
    text::shown_name,
    turn::Turn,
    view::{BufferKind, Event, Presence},
};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>, turn: &Turn<'_>) {
    let room = incoming.param(0);
    if !client.state.session.is_room_name(room) {
        return;
    }
    if client.state.session.is_own(incoming.from) {
        return own(client, incoming);
    }
    let Some(id) = client.state.buffers.room(&client.state.session, room) else { return };
    // Whoever comes from where the person cannot see them may be somebody else under a nick that was known.
    if !client
        .state
        .buffers
        .iter()
        .any(|buffer| buffer.members.contains(&client.state.session, incoming.from))
    {
        client.state.names.forget(&client.state.session, incoming.from);
        client.state.metadata_later.met(&client.state.session, incoming.from, turn.now);
    }
    let Some(buffer) = client.state.buffers.get_mut(id).filter(|buffer| buffer.is_present()) else { return };
    if client.state.session.is_nick(incoming.from)
        && !buffer.members.contains(&client.state.session, incoming.from)
    {
        buffer.members.insert(&client.state.session, incoming.from, "");
        buffer.members.set_called(
            &client.state.session,
            incoming.from,
            client.state.names.of(&client.state.session, incoming.from),
        );
        if let Some(host) = incoming.message.source.and_then(|source| source.host) {
            buffer.members.set_host(&client.state.session, incoming.from, host);
        }
        client.state.happened(id, incoming.at, Event::Joined { who: shown_name(incoming.from) });
    }
}

/// The person is in a room, because he wished it or the server did.
fn own(client: &mut Client, incoming: &Incoming<'_>) {
    if let Some(source) = &incoming.message.source
        && let (Some(user), Some(host)) = (source.user, source.host)
    {
        client.state.session.userhost = Some(format!("{user}@{host}"));
    }
    let Some(id) = client.state.buffers.open(&client.state.session, BufferKind::Room, incoming.param(0))
    else {
        return;
    };
    let Some(buffer) = client.state.buffers.get_mut(id) else { return };
    // Told twice, it is still one coming.
    if buffer.is_present() {
        return;
    }
    // Whoever was taken out of the room while the bouncer looked on comes back as everybody does.
    let is_bouncers = client.state.session.is_bouncer && buffer.presence == Presence::Joining;
    let came = if is_bouncers { Came::ToBouncer } else { Came::Anew };
    buffer.name = incoming.param(0).into();
    buffer.presence = Presence::Present;
    buffer.joined_at = Some(incoming.at);
    buffer.members.clear();
    buffer.modes.forget();
    buffer.begin_anew();
    // What was said before the person first came is not new to them.
    if buffer.read.is_none() {
        buffer.is_first_visit = true;
        buffer.read = Some(Read { at: incoming.at, msgid: None });
    }
    client.state.changes.memory = true;
    client.state.changes.buffer(id);
    client.state.survey.joined(id);
    let known = client.history.joined(&mut client.state, id, came);
    client.settle(id, known);
}
