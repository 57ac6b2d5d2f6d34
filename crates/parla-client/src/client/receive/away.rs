//! AWAY: somebody is away or back.

use crate::{
    buffers::Buffers,
    incoming::Incoming,
    session::Session,
    text::{Text, shown_name},
};

impl Buffers {
    /// AWAY: somebody is away, or back if there is no reason.
    pub(super) fn away(&mut self, session: &Session, incoming: &Incoming<'_>) {
        let reason = incoming.reason(1);
        if let Some(buffer) = self.direct_mut(session, incoming.from) {
            buffer.set_away(reason.map(|reason| Text::parse(reason).plain));
        }
        for buffer in self.iter_mut() {
            buffer.members_mut().set_away(session, incoming.from, reason.is_some());
        }
    }

    /// RPL_AWAY in answer to a message: the recipient is away. This is shown once until they are back.
    pub(super) fn away_told(&mut self, session: &Session, incoming: &Incoming<'_>) {
        let (nick, reason) = (incoming.param(1), incoming.param(2));
        if let Some(buffer) = self.direct_mut(session, nick)
            && buffer.note_away_reason(reason)
        {
            buffer.note(incoming.at, Text::parse(&format!("AWAY {}: {reason}", shown_name(nick))));
        }
    }
}
