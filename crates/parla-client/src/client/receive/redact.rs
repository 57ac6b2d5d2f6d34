//! REDACT: a message is deleted. <https://ircv3.net/specs/extensions/message-redaction>

use std::sync::Arc;

use crate::{
    buffer::Buffer,
    contract::Output,
    incoming::Incoming,
    session::Session,
    text::{Text, shown_name},
    turn::Turn,
    view::{BufferKind, Content, Deleted},
};

impl Buffer {
    /// REDACT: removes the text of the message here, in quotes and in the archive, and no longer counts it as
    /// unread.
    pub(super) fn redact(&mut self, session: &Session, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        let msgid = incoming.param(1);
        if msgid.is_empty() {
            return;
        }
        if self.is_archived() {
            let (kind, name) = (self.kind(), Arc::clone(self.name()));
            turn.output(Output::Unkeep { kind, name, msgid: msgid.into() });
        }
        let Some(row) = self.timeline().row_of(msgid).and_then(|id| self.timeline().row(id)) else { return };
        let Content::Message(message) = &row.content else { return };
        let (row, is_own) = (row.id, message.author.own);
        let is_for_person = message.mention || self.kind() == BufferKind::Direct;
        let deleted = Deleted {
            by: shown_name(incoming.from),
            own: session.is_own(incoming.from),
            reason: incoming.reason(3).map(Text::parse),
        };
        if !self.take_back(row, msgid, deleted) {
            return;
        }
        if !is_own {
            self.uncount(row, is_for_person);
        }
        self.unquote(msgid);
        turn.retract(self.id(), row);
    }
}
