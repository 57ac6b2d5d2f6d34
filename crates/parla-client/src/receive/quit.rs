//! QUIT: someone leaves the network.

use super::Incoming;
use crate::{
    client::Client,
    regain,
    text::{Text, shown_name},
    view::{BufferId, Event},
};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>) {
    // One's own is followed by the end of the connection, which tells it better.
    if client.session.is_own(incoming.from) {
        return;
    }
    client.names.forget(&client.session, incoming.from);
    regain::freed(client, incoming.from);
    let reason = incoming.reason(1).map(Text::parse);
    let mut left: Vec<BufferId> = Vec::new();
    for buffer in client.buffers.iter_mut() {
        if buffer.members.remove(&client.session, incoming.from) {
            left.push(buffer.id);
        }
    }
    left.extend(client.buffers.direct(&client.session, incoming.from));
    for id in left {
        let event = Event::Quit { who: shown_name(incoming.from), reason: reason.clone() };
        client.happened(id, incoming.at, event);
    }
}
