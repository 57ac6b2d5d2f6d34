//! RPL_NAMREPLY: the members of a channel.

use crate::{buffers::Buffers, display_names::DisplayNames, incoming::Incoming, session::Session};

impl Buffers {
    /// RPL_NAMREPLY: some members of a channel, with the prefixes of their ranks.
    pub(super) fn names(&mut self, session: &Session, display_names: &DisplayNames, incoming: &Incoming<'_>) {
        let room = self.room_mut(session, incoming.param(2));
        let Some(buffer) = room.filter(|buffer| buffer.is_present()) else { return };
        let members = buffer.members_mut();
        for word in incoming.param(3).split_ascii_whitespace() {
            let (signs, nick) = session.split_prefixes(word);
            if session.is_nick(nick) {
                members.insert(session, nick, signs);
                members.set_called(session, nick, display_names.of(session, nick));
            }
        }
    }

    /// RPL_ENDOFNAMES: all members of a channel are known.
    pub(super) fn end_of_names(&mut self, session: &Session, incoming: &Incoming<'_>) {
        if let Some(buffer) = self.room_mut(session, incoming.param(1)).filter(|buffer| buffer.is_present()) {
            buffer.note_inviters(session);
        }
    }
}
