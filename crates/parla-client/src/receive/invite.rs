//! INVITE: someone is asked into a room.

use super::Incoming;
use crate::{
    client::Client,
    text::shown_name,
    view::{Event, Notice},
};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>) {
    let (who, room) = (incoming.param(0), incoming.param(1));
    if !client.session.is_room_name(room) {
        return;
    }
    let from = shown_name(incoming.from);
    if client.session.is_own(who) {
        return client.say(None, Notice::Invitation { from, room: room.into() });
    }
    if let Some(id) = client.buffers.room(&client.session, room) {
        client.happened(id, incoming.at, Event::Invited { by: from, who: shown_name(who) });
    }
}

/// RPL_INVITING: it was done as the person wished.
pub(super) fn done(client: &mut Client, incoming: &Incoming<'_>) {
    let (who, room) = (incoming.param(1), incoming.param(2));
    let id = client.buffers.room(&client.session, room);
    client.say(id, Notice::Invited { who: shown_name(who), room: shown_name(room) });
}
