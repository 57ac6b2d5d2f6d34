//! NICK: someone has another name.

use super::Incoming;
use crate::{
    client::Client,
    text::shown_name,
    view::{BufferId, Event, Notice},
};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>) {
    let (from, to) = (incoming.from, incoming.param(0));
    if to.is_empty() || to.len() > crate::limits::NAME_BYTES_MAX {
        return;
    }
    if client.session.is_own(from) {
        client.session.nick = to.into();
        client.changes.network = true;
        if client.session.is_own(&client.settings.nick) {
            client.reclaim_at = None;
        }
        client.say(None, Notice::NickChanged(shown_name(to)));
    }
    let mut seen: Vec<BufferId> = Vec::new();
    for buffer in client.buffers.iter_mut() {
        if buffer.members.rename(&client.session, from, to) {
            seen.push(buffer.id);
        }
    }
    if let Some(id) = client.buffers.rename(&client.session, from, to) {
        client.changes.memory = true;
        seen.push(id);
    }
    for id in seen {
        let event = Event::Renamed { from: shown_name(from), to: shown_name(to) };
        client.happened(id, incoming.at, event);
    }
}
