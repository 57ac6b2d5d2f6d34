//! KICK: someone is sent out of a room.

use super::Incoming;
use crate::{
    client::Client,
    problem::ProblemKind,
    text::{Text, shown_name},
    view::Event,
};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>) {
    let (room, who) = (incoming.param(0), incoming.param(1));
    let Some(id) = client.state.buffers.room(&client.state.session, room) else { return };
    let event = Event::Kicked {
        who: shown_name(who),
        by: shown_name(incoming.from),
        reason: incoming.reason(3).map(Text::parse),
    };
    let own = client.state.session.is_own(who);
    let details = format!("{}: {}", shown_name(incoming.from), incoming.reason(3).unwrap_or_default());
    let problem = client.state.problem(ProblemKind::KickedOut, room, &details);
    let Some(buffer) = client.state.buffers.get_mut(id).filter(|buffer| buffer.is_present()) else { return };
    if own && buffer.is_leaving {
        return client.close(id);
    }
    if !own && !buffer.members.remove(&client.state.session, who) {
        return;
    }
    client.state.happened(id, incoming.at, event);
    if own {
        client.shut_out(id, &problem);
        client.state.complain(Some(id), problem);
    }
}
