//! QUIT: somebody leaves the network.

use crate::{
    client::Client,
    incoming::Incoming,
    text::{Text, shown_name},
    view::{BufferEvent, BufferKind},
};

impl Client {
    /// QUIT. The person's own is ignored, because the end of the connection follows and says more.
    pub(super) fn quit(&mut self, incoming: &Incoming<'_>) {
        let Self { session, buffers, display_names, .. } = self;
        let nick = incoming.from;
        if session.is_own(nick) {
            return;
        }
        display_names.forget(session, nick);
        // The server has at last noticed that the person's own earlier connection is lost; that is not news
        // about somebody else.
        let is_ghost = session.is_ghost(nick);
        session.nick_freed(nick);
        let event = BufferEvent::Quit { who: shown_name(nick), reason: incoming.reason(1).map(Text::parse) };
        for buffer in buffers.iter_mut() {
            let is_direct = buffer.kind() == BufferKind::Direct && session.same(buffer.name(), nick);
            if (buffer.members_mut().remove(session, nick) || is_direct) && !is_ghost {
                buffer.happened(incoming.at, event.clone());
            }
        }
    }
}
