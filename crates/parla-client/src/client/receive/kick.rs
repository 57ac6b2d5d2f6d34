//! KICK: somebody is removed from a channel.

use crate::{
    client::Client,
    incoming::Incoming,
    problem::{Problem, ProblemKind},
    text::{Text, shown_name},
    turn::Turn,
    view::BufferEvent,
};

impl Client {
    /// KICK: somebody was removed from a channel, perhaps the person.
    pub(super) fn kick(&mut self, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        let (room, who, by) = (incoming.param(0), incoming.param(1), shown_name(incoming.from));
        let Some(buffer) = self.buffers.room_mut(&self.session, room).filter(|buffer| buffer.is_present())
        else {
            return;
        };
        let (id, is_own) = (buffer.id(), self.session.is_own(who));
        if is_own && buffer.is_leaving() {
            return self.finish_leaving(id, turn);
        }
        if !is_own && !buffer.members_mut().remove(&self.session, who) {
            return;
        }
        let reason = incoming.reason(3);
        let details = format!("{by}: {}", reason.unwrap_or_default());
        let event = BufferEvent::Kicked { who: shown_name(who), by, reason: reason.map(Text::parse) };
        buffer.happened(incoming.at, event);
        if is_own {
            let problem = Problem::new(ProblemKind::KickedOut, room, &details);
            self.shut_out(id, problem.clone());
            turn.complain(Some(id), problem);
        }
    }
}
