//! JOIN: somebody joins a channel.

use crate::{
    client::Client,
    history::Came,
    incoming::Incoming,
    text::shown_name,
    turn::Turn,
    view::{BufferEvent, BufferKind},
};

impl Client {
    /// JOIN: the person has entered a channel, or somebody else has.
    pub(super) fn join(&mut self, incoming: &Incoming<'_>, turn: &Turn<'_>) {
        let Self { session, buffers, display_names, .. } = self;
        let (room, nick) = (incoming.param(0), incoming.from);
        if !session.is_room_name(room) {
            return;
        }
        if session.is_own(nick) {
            return self.enter(incoming);
        }
        let Some(id) = buffers.room(session, room) else { return };
        // Somebody whom the person could not see until now may be another user with a nick that was known
        // before.
        if !buffers.iter().any(|buffer| buffer.members().contains(session, nick)) {
            display_names.met(session, nick, turn.now);
        }
        let Some(buffer) = buffers.get_mut(id).filter(|buffer| buffer.is_present()) else { return };
        if session.is_nick(nick) && !buffer.members().contains(session, nick) {
            let members = buffer.members_mut();
            members.insert(session, nick, "");
            members.set_called(session, nick, display_names.of(session, nick));
            if let Some(host) = incoming.message.source.and_then(|source| source.host) {
                members.set_host(session, nick, host);
            }
            buffer.happened(incoming.at, BufferEvent::Joined { who: shown_name(nick) });
        }
    }

    /// The person has joined a channel, at their own wish or because the server put them there.
    fn enter(&mut self, incoming: &Incoming<'_>) {
        let Self { session, buffers, .. } = self;
        let room = incoming.param(0);
        if let Some(source) = &incoming.message.source
            && let (Some(user), Some(host)) = (source.user, source.host)
        {
            session.set_userhost(format!("{user}@{host}"));
        }
        let Some(id) = buffers.open(session, BufferKind::Room, room) else { return };
        let Some(buffer) = buffers.get_mut(id) else { return };
        // Somebody who was removed from the channel while the bouncer was watching joins like anybody else.
        let is_bouncers = session.is_bouncer() && buffer.is_joining();
        if !buffer.enter(room, incoming.at) {
            return;
        }
        self.survey.joined(id);
        let came = if is_bouncers { Came::ToBouncer } else { Came::Anew };
        let coverage = self.history.joined(buffer, session, came);
        self.settle(id, coverage);
    }
}
