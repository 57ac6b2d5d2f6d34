//! PART: somebody leaves a channel.

use super::RoomLeft;
use crate::{
    client::Client,
    incoming::Incoming,
    text::{Text, shown_name},
    turn::Turn,
    view::{BufferEvent, Presence},
};

impl Client {
    /// PART: somebody has left a channel, perhaps the person.
    pub(super) fn part(&mut self, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        let Some(buffer) = self.buffers.room_mut(&self.session, incoming.param(0)) else { return };
        let id = buffer.id();
        if !self.session.is_own(incoming.from) {
            if buffer.members_mut().remove(&self.session, incoming.from) {
                let reason = incoming.reason(2).map(Text::parse);
                buffer.happened(incoming.at, BufferEvent::Left { who: shown_name(incoming.from), reason });
            }
            return;
        }
        if buffer.is_leaving() {
            return self.finish_leaving(id, turn);
        }
        if buffer.is_present() {
            self.left = Some(RoomLeft { room: id, at: incoming.at });
        }
        buffer.leave(Presence::Absent(None));
    }
}
