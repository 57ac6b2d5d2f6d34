//! PART: someone leaves a room.

use super::Incoming;
use crate::{
    client::Client,
    text::{Text, shown_name},
    view::{Event, Presence},
};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>) {
    let Some(id) = client.state.buffers.room(&client.state.session, incoming.param(0)) else { return };
    if client.state.session.is_own(incoming.from) {
        let Some(buffer) = client.state.buffers.get_mut(id) else { return };
        if buffer.is_leaving {
            return client.close(id);
        }
        if buffer.is_present() {
            client.state.left = Some((id, incoming.at));
        }
        buffer.leave(Presence::Absent(None));
        client.state.changes.memory = true;
        return client.state.changes.buffer(id);
    }
    let reason = incoming.reason(2).map(Text::parse);
    let Some(buffer) = client.state.buffers.get_mut(id) else { return };
    if buffer.members.remove(&client.state.session, incoming.from) {
        client.state.happened(id, incoming.at, Event::Left { who: shown_name(incoming.from), reason });
    }
}
