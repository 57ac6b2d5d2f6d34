//! INVITE: somebody is invited to a channel.

use crate::{
    buffers::Buffers,
    incoming::Incoming,
    session::Session,
    text::shown_name,
    turn::Turn,
    view::{Announcement, BufferEvent},
};

impl Buffers {
    /// INVITE: the person is invited, or somebody else is invited to one of their channels.
    pub(super) fn invite(&mut self, session: &Session, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        let (who, room) = (incoming.param(0), incoming.param(1));
        if !session.is_room_name(room) {
            return;
        }
        let from = shown_name(incoming.from);
        if session.is_own(who) {
            turn.announce(None, Announcement::Invitation { from, room: room.into() });
        } else if let Some(buffer) = self.room_mut(session, room) {
            buffer.happened(incoming.at, BufferEvent::Invited { by: from, who: shown_name(who) });
        }
    }

    /// RPL_INVITING: the person's invitation was sent.
    pub(super) fn invited(&self, session: &Session, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        let (who, room) = (incoming.param(1), incoming.param(2));
        let id = self.room(session, room);
        turn.announce(id, Announcement::Invited { who: shown_name(who), room: shown_name(room) });
    }
}
