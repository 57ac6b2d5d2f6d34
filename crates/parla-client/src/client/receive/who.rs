//! RPL_WHOREPLY: the members of a channel with their hosts, and whether they are away or bots.
//!
//! <https://modern.ircdocs.horse/#rplwhoreply-352>

use std::sync::Arc;

use crate::{
    buffers::Buffers,
    incoming::Incoming,
    session::Session,
    survey::{Survey, SurveyStep},
    turn::Turn,
};

impl Buffers {
    /// RPL_WHOREPLY: one user, with their host, and whether they are away or a bot.
    pub(super) fn who(&mut self, session: &Session, incoming: &Incoming<'_>) {
        let (host, nick, flags) = (incoming.param(3), incoming.param(5), incoming.param(6));
        if !session.is_nick(nick) {
            return;
        }
        let is_away = flags.starts_with('G');
        for buffer in self.iter_mut() {
            let members = buffer.members_mut();
            members.set_host(session, nick, host);
            members.set_away(session, nick, is_away);
            if session.is_bot(flags) {
                members.set_bot(session, nick);
            }
        }
        if let Some(buffer) = self.direct_mut(session, nick)
            && buffer.is_away() != is_away
        {
            // WHO does not give the reason.
            buffer.set_away(is_away.then(|| Arc::from("")));
        }
    }

    /// RPL_ENDOFWHO: all members of a channel are known.
    pub(super) fn end_of_who(
        &self,
        session: &Session,
        survey: &mut Survey,
        incoming: &Incoming<'_>,
        turn: &mut Turn<'_>,
    ) {
        if let Some(room) = self.room(session, incoming.param(1)).and_then(|id| self.get(id)) {
            survey.answered(room, SurveyStep::People, turn);
        }
    }
}
