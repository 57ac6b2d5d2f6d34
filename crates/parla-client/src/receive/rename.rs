//! RENAME: a room has another name. <https://ircv3.net/specs/extensions/channel-rename>
//!
//! Where RENAME is not known the person is taken out of the one name and put into the other; see [`moved`].

use std::sync::Arc;

use parla_proto::Timestamp;

use super::Incoming;
use crate::{
    client::Client,
    text::{Text, shown_name},
    turn::Turn,
    view::{BufferId, Event, Presence},
};

/// The lines that tell a new name in the old way follow each other at once.
pub(super) const AT_ONCE: std::time::Duration = std::time::Duration::from_millis(500);

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    let (from, to) = (incoming.param(0), incoming.param(1));
    let reason = incoming.reason(3).map(Text::parse);
    if let Some(id) = client.state.buffers.room(&client.state.session, from)
        && client.state.session.is_room_name(to)
    {
        let by = Some(shown_name(incoming.from)).filter(|by| !by.is_empty());
        let told = Told { at: incoming.at, by, reason };
        rename(client, (id, to), told, turn);
    }
}

/// The person was taken out of a room, unasked, and in the next line he is in another one of which nothing is known: that is
/// how servers and bouncers tell a new name to those who do not know RENAME.
pub(super) fn moved(client: &mut Client, left: BufferId, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    let to = incoming.param(0);
    let is_other = client.state.buffers.named(&client.state.session, to).is_none();
    let was_left = client.state.buffers.get(left).is_some_and(|room| room.presence == Presence::Absent(None));
    if is_other && was_left && client.state.session.is_room_name(to) {
        let told = Told { at: incoming.at, by: None, reason: None };
        rename(client, (left, to), told, turn);
    }
}

/// When a room got its name, and from whom and why, as far as that is known.
struct Told {
    at: Timestamp,
    by: Option<Arc<str>>,
    reason: Option<Text>,
}

fn rename(client: &mut Client, (id, to): (BufferId, &str), told: Told, turn: &mut Turn<'_>) {
    let Some(from) = client.state.buffers.get(id).map(|buffer| buffer.name.clone()) else { return };
    if let Some(other) = client.state.buffers.named(&client.state.session, to).filter(|other| *other != id) {
        if client.state.buffers.get(other).is_some_and(|other| other.is_present()) {
            // Two rooms of one name cannot be: what the person sees there is true, and this one is gone.
            if let Some(buffer) = client.state.buffers.get_mut(id) {
                buffer.leave(Presence::Absent(None));
            }
            client.state.changes.memory = true;
            return client.state.changes.buffer(id);
        }
        // The name has another room now. What was to be said under it goes there.
        client.outbox.hand_over(&mut client.state.buffers, other, id);
        client.close(other);
    }
    if client.state.buffers.rename(&client.state.session, &from, to).is_none() {
        return;
    }
    client.outbox.renamed(id);
    client.state.keep_renamed(id, &from, turn);
    let (from, to) = (shown_name(&from), shown_name(to));
    let Told { at, by, reason } = told;
    client.state.happened(id, at, Event::RoomRenamed { by, from, to, reason });
    client.state.changes.memory = true;
    client.state.changes.buffer(id);
}
