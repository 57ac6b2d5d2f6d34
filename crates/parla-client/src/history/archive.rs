//! Earlier messages that this machine keeps. The archive is asked from its end to its beginning; when it has no more, the
//! server may.

use std::sync::Arc;

use super::{History, Purpose, can_ask};
use crate::{
    buffer::{Buffer, Coming},
    contract::{Kept, Output},
    limits::HISTORY_PAGE,
    state::State,
    timeline::{Neighbours, Spot, next_known},
    turn::Turn,
    view::{BufferId, BufferKind, Content, Earlier, Row, RowId, Said},
};

/// Messages of the archive that were not read and are recalled without being asked for, to count them.
const RECALLED_UNREAD_MAX: usize = 1_000;

/// What an archive gave.
pub(crate) struct Recalled<'a> {
    /// Of which conversation.
    pub(crate) kind: BufferKind,
    /// Its name, as the server knows it.
    pub(crate) name: &'a str,
    /// Oldest first.
    pub(crate) messages: &'a [Kept],
    /// Whether older ones are kept too.
    pub(crate) more: bool,
}

/// Asks for the page before the last one. The archive's order is its own, so that no row that is known says where that is.
pub(super) fn recall(buffer: &Buffer, turn: &mut Turn<'_>) {
    let (kind, name, before) = (buffer.kind, Arc::clone(&buffer.name), buffer.recalled_to);
    turn.outputs.push(Output::Recall { kind, name, before, limit: HISTORY_PAGE });
}

impl History {
    /// The archive's answer, or what it gave before the start. Behind the archive's beginning the server may know more.
    pub(crate) fn recalled(&mut self, state: &mut State, recalled: &Recalled<'_>, turn: &mut Turn<'_>) {
        let Recalled { kind, name, messages, more } = *recalled;
        let id = match kind {
            BufferKind::Room => state.buffers.room(&state.session, name),
            BufferKind::Direct => state.buffers.direct(&state.session, name),
            BufferKind::Server => None,
        };
        let Some(id) = id else { return };
        let is_news = restore_all(state, id, messages);
        state.changes.buffer(id);
        let Some(buffer) = state.buffers.get_mut(id) else { return };
        buffer.recalled_to = messages.iter().map(|kept| kept.at).chain(buffer.recalled_to).min();
        // All of it came from the server already, or the person has not read so far back: there is more to be had.
        let is_unread = || messages.first().is_some_and(|first| is_before_read(buffer, first));
        if more && !messages.is_empty() && (!is_news || is_unread()) {
            buffer.earlier = Earlier::Loading;
            return recall(buffer, turn);
        }
        let is_end = messages.is_empty() && !more;
        if is_end && can_ask(state, id) {
            return self.want(state, id, Purpose::Earlier);
        }
        let is_all = is_end && (kind == BufferKind::Direct || state.link.is_online());
        if let Some(buffer) = state.buffers.get_mut(id) {
            buffer.earlier = if is_all { Earlier::None } else { Earlier::Possible };
        }
    }
}

/// Puts messages of the archive into their places. Says whether any was not there.
fn restore_all(state: &mut State, id: BufferId, messages: &[Kept]) -> bool {
    let mut is_news = false;
    let mut neighbours = Neighbours::new(Spot::Start);
    let known = recognize(state, id, messages);
    for (kept, after) in messages.iter().zip(next_known(known)) {
        neighbours.after = after;
        // If there is no place for it, there is none for older ones.
        let Some((row, is_new)) = restore(state, (id, &neighbours), kept) else { return true };
        is_news |= is_new;
        if let Some(buffer) = state.buffers.get(id) {
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

/// A message out of the archive. Gives its row, and whether it was not there before.
fn restore(
    state: &mut State,
    (id, neighbours): (BufferId, &Neighbours),
    kept: &Kept,
) -> Option<(RowId, bool)> {
    let row = state.buffers.row_id_of(id, kept.msgid.as_deref());
    let said = said_of(state, kept);
    let buffer = state.buffers.get_mut(id)?;
    if let Some(known) = known_of(buffer, kept, &said) {
        return Some((known, false));
    }
    let is_for_person = said.mention || (buffer.kind == BufferKind::Direct && !kept.own);
    let placed = Row { id: row, at: kept.at, content: Content::Said(Arc::new(said.clone())) };
    let spot = neighbours.spot(&buffer.timeline);
    if !buffer.timeline.insert_at(spot, placed, kept.msgid.as_deref()) {
        return None;
    }
    buffer.has_come(row, &said);
    if !kept.own && buffer.is_unread(row, kept.at, Coming::Archive) {
        buffer.count(row, is_for_person);
    }
    buffer.find_read(row, kept.msgid.as_deref());
    Some((row, true))
}

/// Messages of the archive, each with the row in which it is known already.
fn recognize(state: &State, id: BufferId, messages: &[Kept]) -> Vec<Option<RowId>> {
    let Some(buffer) = state.buffers.get(id) else { return Vec::new() };
    messages.iter().map(|kept| known_of(buffer, kept, &said_of(state, kept))).collect()
}

fn known_of(buffer: &Buffer, kept: &Kept, said: &Said) -> Option<RowId> {
    match kept.msgid.as_deref() {
        Some(msgid) => buffer.timeline.row_of(msgid).filter(|_| buffer.timeline.has(said, Some(msgid))),
        None => buffer.timeline.twin(kept.at, said),
    }
}

fn said_of(state: &State, kept: &Kept) -> Said {
    let from = kept.source.split('!').next().unwrap_or_default();
    let (text, names) = state.parse_naming(&kept.text);
    Said {
        own: kept.own,
        mention: names && !kept.own,
        msgid: kept.msgid.clone(),
        audience: kept.audience,
        ..Said::new(kept.manner, from, text)
    }
}
