//! QUIT: someone leaves the network.

use crate::{
    client::Client,
    incoming::Incoming,
    text::{Text, shown_name},
    view::{BufferKind, Event},
};

impl Client {
    /// QUIT. One's own is followed by the end of the connection, which tells it better.
    pub(super) fn quit(&mut self, incoming: &Incoming<'_>) {
        let Self { session, buffers, names, .. } = self;
        let nick = incoming.from;
        if session.is_own(nick) {
            return;
        }
        names.forget(session, nick);
        // The person's own lost connection, which the server has noticed at last, is no news about somebody.
        let is_ghost = session.is_awaited(nick);
        session.nick_freed(nick);
        let event = Event::Quit { who: shown_name(nick), reason: incoming.reason(1).map(Text::parse) };
        for buffer in buffers.iter_mut() {
            let is_direct = buffer.kind() == BufferKind::Direct && session.same(buffer.name(), nick);
            if (buffer.members_mut().remove(session, nick) || is_direct) && !is_ghost {
                buffer.happened(incoming.at, event.clone());
            }
        }
    }
}
