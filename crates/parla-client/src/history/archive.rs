//! Earlier messages that this machine keeps. The archive is asked from its end to its beginning; when it has no more, the
//! server may.

use std::sync::Arc;

use super::{Purpose, can_ask, want};
use crate::{
    buffer::Buffer,
    client::{Client, Turn},
    contract::{Kept, Output},
    limits::HISTORY_PAGE,
    receive::said,
    timeline::{Neighbours, Spot, next_known},
    view::{BufferId, BufferKind, Earlier},
};

/// Messages of the archive that were not read and are recalled without being asked for, to count them.
const RECALLED_UNREAD_MAX: usize = 1_000;

/// Asks for the page before the last one. The archive's order is its own, so that no row that is known says where that is.
pub(super) fn recall(client: &Client, id: BufferId, turn: &mut Turn<'_>) {
    let Some(buffer) = client.buffers.get(id) else { return };
    let (kind, name, before) = (buffer.kind, Arc::clone(&buffer.name), buffer.recalled_to);
    turn.outputs.push(Output::Recall { kind, name, before, limit: HISTORY_PAGE });
}

/// The archive's answer, or what it gave before the start. Behind the archive's beginning the server may know more.
pub(crate) fn recalled(
    client: &mut Client,
    (kind, name): (BufferKind, &str),
    (messages, more): (&[Kept], bool),
    turn: &mut Turn<'_>,
) {
    let id = match kind {
        BufferKind::Room => client.buffers.room(&client.session, name),
        BufferKind::Direct => client.buffers.direct(&client.session, name),
        BufferKind::Server => None,
    };
    let Some(id) = id else { return };
    let is_news = restore(client, id, messages);
    client.changes.buffer(id);
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    buffer.recalled_to = messages.iter().map(|kept| kept.at).chain(buffer.recalled_to).min();
    // All of it came from the server already, or the person has not read so far back: there is more to be had.
    let is_unread = || messages.first().is_some_and(|first| is_before_read(buffer, first));
    if more && !messages.is_empty() && (!is_news || is_unread()) {
        buffer.earlier = Earlier::Loading;
        return recall(client, id, turn);
    }
    let is_end = messages.is_empty() && !more;
    if is_end && can_ask(client, id) {
        return want(client, id, Purpose::Earlier);
    }
    let is_all = is_end && (kind == BufferKind::Direct || client.link.is_online());
    if let Some(buffer) = client.buffers.get_mut(id) {
        buffer.earlier = if is_all { Earlier::None } else { Earlier::Possible };
    }
}

/// Puts messages of the archive into their places. Says whether any was not there.
fn restore(client: &mut Client, id: BufferId, messages: &[Kept]) -> bool {
    let mut is_news = false;
    let mut neighbours = Neighbours::new(Spot::Start);
    let known = said::recognize_kept(client, id, messages);
    for (kept, after) in messages.iter().zip(next_known(known)) {
        neighbours.after = after;
        // If there is no place for it, there is none for older ones.
        let Some((row, is_new)) = said::restore(client, (id, &neighbours), kept) else { return true };
        is_news |= is_new;
        if let Some(buffer) = client.buffers.get(id) {
            neighbours.passed(&buffer.timeline, Some(row));
        }
    }
    is_news
}

/// Whether what was not read begins farther back than this, the oldest that was recalled.
fn is_before_read(buffer: &Buffer, oldest: &Kept) -> bool {
    let is_open = buffer.timeline.read().is_none() && (buffer.unread as usize) < RECALLED_UNREAD_MAX;
    is_open && buffer.read.as_ref().is_some_and(|read| oldest.at > read.at)
}
