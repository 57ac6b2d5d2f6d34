//! NICK: somebody changes their nick.

use std::sync::Arc;

use crate::{
    client::Client,
    incoming::Incoming,
    text::shown_name,
    turn::Turn,
    view::{Announcement, BufferEvent, BufferId},
};

impl Client {
    /// NICK: somebody has a new nick, perhaps the person.
    pub(super) fn nick(&mut self, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        let Self { session, buffers, outbox, display_names, .. } = self;
        let (from, to) = (incoming.from, incoming.param(0));
        if !session.is_nick(to) || !session.is_nick(from) {
            return;
        }
        display_names.renamed(session, from, to);
        // It is not news about somebody else when the person gets their own nick back, or when their lost
        // connection is renamed.
        let is_regaining = if session.is_own(from) { session.is_awaited(to) } else { session.is_ghost(from) };
        if session.is_own(from) {
            if session.renamed(to) {
                self.settings.nick = to.into();
            }
            session.set_called(display_names.of(session, to));
            if session.is_own(&self.settings.nick) {
                session.regain_mut().end();
            }
            turn.network_changed();
            turn.announce(None, Announcement::NickChanged(shown_name(to)));
        } else if session.is_awaited(to) {
            session.regain_mut().taken(turn);
        }
        session.nick_freed(from);
        let renamed = buffers
            .iter_mut()
            .filter_map(|buffer| buffer.members_mut().rename(session, from, to).then(|| buffer.id()));
        let mut renamed: Vec<BufferId> = renamed.collect();
        let before = buffers.direct_mut(session, from).map(|buffer| Arc::clone(buffer.name()));
        if let Some(before) = before
            && let Some(buffer) = buffers.rename(session, from, to)
        {
            outbox.renamed(buffer.id());
            buffer.keep_renamed(&before, turn);
            renamed.push(buffer.id());
        }
        for id in renamed.into_iter().filter(|_| !is_regaining) {
            let event = BufferEvent::Renamed { from: shown_name(from), to: shown_name(to) };
            buffers.get_mut(id).into_iter().for_each(|buffer| buffer.happened(incoming.at, event.clone()));
        }
    }
}
