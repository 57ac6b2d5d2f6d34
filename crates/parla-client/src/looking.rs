//! What the person is looking at, and has therefore seen.

use crate::{
    buffer::{Buffer, Look},
    buffers::Buffers,
};

/// What the person is looking at.
#[derive(Debug, Default)]
pub(crate) struct Looking {
    look: Look,
    /// Whether the newest row is in view while missed messages of the conversation are still awaited.
    is_seen_later: bool,
}

impl Looking {
    pub(crate) const fn now(&self) -> Look {
        self.look
    }

    /// The person looks at another conversation, or further down.
    pub(crate) fn look(&mut self, buffers: &mut Buffers, look: Look) {
        let before = std::mem::replace(&mut self.look, look);
        // If the window is only hidden, the divider is still wanted when they come back.
        if look.buffer.is_some() && before.buffer != look.buffer {
            let left = before.buffer.and_then(|id| buffers.get_mut(id));
            left.into_iter().for_each(Buffer::looked_away);
        }
        // While messages are still arriving, everything counts as seen only with the last of them.
        self.is_seen_later = look.at_end;
        self.mark_seen(buffers);
    }

    /// Marks what the person is looking at as seen, once all missed messages have arrived.
    pub(crate) fn mark_seen(&mut self, buffers: &mut Buffers) {
        if self.is_seen_later && buffers.seen(self.look) {
            self.is_seen_later = false;
        }
    }
}
