//! MARKREAD: the person's read position, on whichever device they read.
//! <https://ircv3.net/specs/extensions/read-marker>

use parla_proto::Timestamp;

use crate::{
    buffers::Buffers,
    incoming::{Incoming, is_ahead},
    markers::Markers,
    session::Session,
};

impl Markers {
    /// MARKREAD: the time up to which the person has read a conversation.
    pub(super) fn markread(
        &mut self,
        buffers: &mut Buffers,
        session: &Session,
        incoming: &Incoming<'_>,
        now: Timestamp,
    ) {
        let named = buffers.named(session, incoming.param(0));
        let Some(buffer) = named.and_then(|id| buffers.get_mut(id)) else { return };
        // If the server's position is older than ours, it is sent ours.
        self.moved();
        let told = incoming.param(1).strip_prefix("timestamp=");
        let until = told.and_then(|told| told.parse::<Timestamp>().ok());
        if let Some(until) = until.filter(|until| !is_ahead(*until, now)) {
            buffer.read_elsewhere(until);
        }
    }
}
