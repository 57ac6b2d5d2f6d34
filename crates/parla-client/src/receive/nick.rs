//! NICK: someone has another name.

use std::sync::Arc;

use super::{Incoming, renamed};
use crate::{
    client::{Client, Turn},
    regain,
    text::shown_name,
    view::{BufferId, Event, Notice},
};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    let (from, to) = (incoming.from, incoming.param(0));
    if !client.session.is_nick(to) || !client.session.is_nick(from) {
        return;
    }
    if client.session.is_own(from) {
        client.session.nick = to.into();
        client.changes.network = true;
        if client.nick_asked.as_ref().is_some_and(|asked| client.session.same(asked, to)) {
            client.settings.nick = to.into();
            client.nick_asked = None;
        }
        regain::renamed(client);
        client.say(None, Notice::NickChanged(shown_name(to)));
    }
    client.names.renamed(&client.session, from, to);
    regain::freed(client, from);
    let mut seen: Vec<BufferId> = Vec::new();
    for buffer in client.buffers.iter_mut() {
        if buffer.members.rename(&client.session, from, to) {
            seen.push(buffer.id);
        }
    }
    let before = client.buffers.direct(&client.session, from).and_then(|id| client.buffers.get(id));
    if let Some(before) = before.map(|buffer| Arc::clone(&buffer.name))
        && let Some(id) = client.buffers.rename(&client.session, from, to)
    {
        client.outbox.renamed(id);
        renamed(client, id, &before, turn);
        client.changes.memory = true;
        seen.push(id);
    }
    for id in seen {
        let event = Event::Renamed { from: shown_name(from), to: shown_name(to) };
        client.happened(id, incoming.at, event);
    }
}
