//! AWAY: someone is away, or back.

use std::sync::Arc;

use super::Incoming;
use crate::{
    client::Client,
    text::{Text, shown_name},
    view::{BufferId, Content, Notice, Row},
};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>) {
    let reason = incoming.reason(1);
    let away = reason.is_some();
    let mut changed: Vec<BufferId> = Vec::new();
    if let Some(id) = client.buffers.direct(&client.session, incoming.from)
        && let Some(buffer) = client.buffers.get_mut(id)
    {
        buffer.away = reason.map(|reason| Text::parse(reason).plain);
        if !away {
            buffer.away_told = None;
        }
        changed.push(id);
    }
    for buffer in client.buffers.iter_mut() {
        if buffer.members.set_away(&client.session, incoming.from, away) {
            changed.push(buffer.id);
        }
    }
    changed.into_iter().for_each(|id| client.changes.buffer(id));
}

/// RPL_AWAY, as the answer to a message: whom it is for will not read it now. Said once, until he is back.
pub(super) fn told(client: &mut Client, incoming: &Incoming<'_>) {
    let (nick, reason) = (incoming.param(1), incoming.param(2));
    let Some(id) = client.buffers.direct(&client.session, nick) else { return };
    let row = client.buffers.row_id();
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    let reason: Arc<str> = reason.into();
    buffer.away = Some(Text::parse(&reason).plain);
    client.changes.buffer(id);
    if buffer.away_told.replace(Arc::clone(&reason)) == Some(Arc::clone(&reason)) {
        return;
    }
    let text = Text::parse(&format!("AWAY {}: {reason}", shown_name(nick)));
    buffer.note(Row { id: row, at: incoming.at, content: Content::Server(text) });
    client.changes.buffer(id);
}

/// RPL_NOWAWAY and RPL_UNAWAY: one's own.
pub(super) fn own(client: &mut Client, is_away: bool) {
    client.away = is_away.then(|| client.away_asked.clone().unwrap_or_default());
    client.changes.network = true;
    client.say(None, Notice::Away(is_away));
}
