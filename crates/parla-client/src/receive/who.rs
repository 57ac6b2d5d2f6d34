//! RPL_WHOREPLY: who is in a room, whence he comes, and whether he is away or a program. <https://modern.ircdocs.horse/#rplwhoreply-352>

use std::sync::Arc;

use super::Incoming;
use crate::{
    client::{Client, Turn},
    survey::{self, Question},
};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>) {
    let (host, nick, flags) = (incoming.param(3), incoming.param(5), incoming.param(6));
    if !client.session.is_nick(nick) {
        return;
    }
    let away = flags.starts_with('G');
    let is_bot = client.session.bot_flag.is_some_and(|flag| flags.contains(flag));
    let mut changed = Vec::new();
    for buffer in client.buffers.iter_mut() {
        let members = &mut buffer.members;
        members.set_host(&client.session, nick, host);
        let is_changed = members.set_away(&client.session, nick, away)
            | (is_bot && members.set_bot(&client.session, nick));
        if is_changed {
            changed.push(buffer.id);
        }
    }
    if let Some(id) = client.buffers.direct(&client.session, nick)
        && let Some(buffer) = client.buffers.get_mut(id)
        && buffer.away.is_some() != away
    {
        // Why, the server does not say here.
        buffer.away = away.then(|| Arc::from(""));
        changed.push(id);
    }
    changed.into_iter().for_each(|id| client.changes.buffer(id));
}

/// RPL_ENDOFWHO.
pub(super) fn end(client: &mut Client, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    if let Some(id) = client.buffers.room(&client.session, incoming.param(1)) {
        survey::answered(client, id, Question::People, turn);
    }
}
