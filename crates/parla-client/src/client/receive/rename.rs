//! RENAME: a channel gets another name. <https://ircv3.net/specs/extensions/channel-rename>
//!
//! Clients that do not know RENAME see the person leave the old name and join the new one; see [`RoomLeft`].

use std::sync::Arc;

use parla_proto::{CommandName, Timestamp};

use crate::{
    client::Client,
    incoming::Incoming,
    problem::{Problem, ProblemKind},
    text::{Text, shown_name},
    turn::Turn,
    view::{BufferEvent, BufferId, Presence},
};

/// The lines that stand in for a RENAME follow each other immediately.
const AT_ONCE: std::time::Duration = std::time::Duration::from_millis(500);

/// A channel that the person was taken out of, unasked. If the next line puts them into an unknown channel,
/// it is the same one: this is how servers and bouncers announce a new name to clients without RENAME.
#[derive(Clone, Copy, Debug)]
pub(in crate::client) struct RoomLeft {
    pub(super) room: BufferId,
    pub(super) at: Timestamp,
}

/// The new name of a channel, with when, by whom and why it was given, as far as we know.
struct NewName<'a> {
    name: &'a str,
    at: Timestamp,
    by: Option<Arc<str>>,
    reason: Option<Text>,
}

impl Client {
    /// RENAME: gives the conversation of the channel its new name.
    pub(super) fn rename(&mut self, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        let (from, name) = (incoming.param(0), incoming.param(1));
        if let Some(id) = self.buffers.room(&self.session, from)
            && self.session.is_room_name(name)
        {
            let by = Some(shown_name(incoming.from)).filter(|by| !by.is_empty());
            let reason = incoming.reason(3).map(Text::parse);
            self.rename_room(id, NewName { name, at: incoming.at, by, reason }, turn);
        }
    }

    /// Checks whether this line moves the person to the new name of the channel that the previous line took
    /// them out of.
    pub(super) fn notice_room_moved(&mut self, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        let Some(RoomLeft { room, at }) = self.left else { return };
        let name = incoming.param(0);
        let is_entering = incoming.command == Some(CommandName::Join) && self.session.is_own(incoming.from);
        let is_at_once = at.since(incoming.at) <= AT_ONCE && incoming.at.since(at) <= AT_ONCE;
        let was_left = self.buffers.get(room).is_some_and(|room| *room.presence() == Presence::Absent(None));
        if is_entering
            && is_at_once
            && was_left
            && self.buffers.named(&self.session, name).is_none()
            && self.session.is_room_name(name)
        {
            self.left = None;
            return self.rename_room(room, NewName { name, at: incoming.at, by: None, reason: None }, turn);
        }
        let is_back = is_entering && self.buffers.room(&self.session, name) == Some(room);
        if is_back {
            self.left = None;
        }
        self.left_for_good();
    }

    /// The person was taken out of a channel that has no new name, so nothing will be sent there.
    pub(in crate::client) fn left_for_good(&mut self) {
        let Some(RoomLeft { room, .. }) = self.left.take() else { return };
        self.not_there(room);
    }

    fn not_there(&mut self, id: BufferId) {
        if let Some(buffer) = self.buffers.get_mut(id) {
            let problem = Problem::new(ProblemKind::NotInRoom, buffer.name(), "");
            self.outbox.shut_out(buffer, &self.session, &problem);
        }
    }

    fn rename_room(&mut self, id: BufferId, new: NewName<'_>, turn: &mut Turn<'_>) {
        let Some(from) = self.buffers.get(id).map(|buffer| Arc::clone(buffer.name())) else { return };
        let other = self.buffers.named(&self.session, new.name).filter(|other| *other != id);
        if let Some(other) = other {
            if self.buffers.get(other).is_some_and(|other| other.is_present()) {
                // Two channels cannot share a name: what the person sees under it is right, and this
                // conversation is gone.
                if let Some(buffer) = self.buffers.get_mut(id) {
                    buffer.leave(Presence::Absent(None));
                }
                return self.not_there(id);
            }
            // The name now belongs to another channel. Queued messages for that name go there.
            self.outbox.hand_over(&mut self.buffers, other, id);
            self.close(other);
        }
        let Some(buffer) = self.buffers.rename(&self.session, &from, new.name) else { return };
        self.outbox.renamed(id);
        self.requests.renamed(id);
        buffer.keep_renamed(&from, turn);
        let NewName { name, at, by, reason } = new;
        let (from, to) = (shown_name(&from), shown_name(name));
        buffer.happened(at, BufferEvent::RoomRenamed { by, from, to, reason });
    }
}
