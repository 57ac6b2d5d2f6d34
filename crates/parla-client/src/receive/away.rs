//! AWAY: someone is away, or back.

use super::Incoming;
use crate::{
    client::Client,
    view::{BufferId, Notice},
};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>) {
    let away = incoming.reason(1).is_some();
    let mut changed: Vec<BufferId> = Vec::new();
    for buffer in client.buffers.iter_mut() {
        if buffer.members.set_away(&client.session, incoming.from, away) {
            changed.push(buffer.id);
        }
    }
    changed.into_iter().for_each(|id| client.changes.buffer(id));
}

/// RPL_NOWAWAY and RPL_UNAWAY: one's own.
pub(super) fn own(client: &mut Client, is_away: bool) {
    client.away = is_away.then(|| client.away_asked.clone().unwrap_or_default());
    client.changes.network = true;
    client.say(None, Notice::Away(is_away));
}
