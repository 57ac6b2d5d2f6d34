//! REDACT: a message is taken back. <https://ircv3.net/specs/extensions/message-redaction>

use std::sync::Arc;

use super::Incoming;
use crate::{
    contract::Output,
    state::State,
    text::{Text, shown_name},
    turn::Turn,
    view::{BufferId, BufferKind, Content, Deleted},
};

pub(super) fn receive(state: &mut State, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    if let Some(id) = incoming.conversation(state) {
        take_back(state, id, incoming, turn);
    }
}

/// Nothing of the message stays: not its words, not what it counted, not its place in the archive.
pub(super) fn take_back(state: &mut State, id: BufferId, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    let msgid = incoming.param(1);
    let Some(buffer) = state.buffers.get_mut(id).filter(|_| !msgid.is_empty()) else { return };
    if state.settings.archive.keeps(buffer.kind) {
        let (kind, name) = (buffer.kind, Arc::clone(&buffer.name));
        turn.outputs.push(Output::Unkeep { kind, name, msgid: msgid.into() });
    }
    let Some(row) = buffer.timeline.row_of(msgid).and_then(|id| buffer.timeline.row(id)).cloned() else {
        return;
    };
    let Content::Said(said) = &row.content else { return };
    if said.deleted.is_some() {
        return;
    }
    let is_for_person = said.mention || buffer.kind == BufferKind::Direct;
    let is_others = !said.own;
    let deleted = Arc::new(Deleted {
        by: shown_name(incoming.from),
        own: state.session.is_own(incoming.from),
        reason: incoming.reason(3).map(Text::parse),
    });
    buffer.timeline.update(row.id, |row| {
        if let Content::Said(said) = &mut row.content {
            let said = Arc::make_mut(said);
            (said.text, said.mention) = (Text::default(), false);
            (said.reply, said.reactions) = (None, Arc::default());
            said.deleted = Some(deleted);
        }
    });
    if is_others {
        buffer.uncount(row.id, is_for_person);
    }
    buffer.is_not_quoted(msgid);
    state.changes.retract(id, row.id);
    state.changes.buffer(id);
}
