//! What the person looks at, and has seen therefore.

use crate::{
    buffer::{Buffer, Look},
    buffers::Buffers,
};

/// What the person looks at.
#[derive(Debug, Default)]
pub(crate) struct Looking {
    look: Look,
    /// The newest row of the conversation is in view, and something of it that was missed is still awaited.
    is_seen_later: bool,
}

impl Looking {
    pub(crate) const fn now(&self) -> Look {
        self.look
    }

    /// The person looks elsewhere, or at more.
    pub(crate) fn look(&mut self, buffers: &mut Buffers, look: Look) {
        let before = std::mem::replace(&mut self.look, look);
        // The window is only hidden: the divider is still wanted when they come back.
        if look.buffer.is_some() && before.buffer != look.buffer {
            let left = before.buffer.and_then(|id| buffers.get_mut(id));
            left.into_iter().for_each(Buffer::looked_away);
        }
        // While some of it is still coming in, it is seen with the last of it.
        self.is_seen_later = look.at_end;
        self.see_later(buffers);
    }

    /// What the person looks at has been seen, once all that was missed has come in.
    pub(crate) fn see_later(&mut self, buffers: &mut Buffers) {
        if self.is_seen_later && buffers.seen(self.look) {
            self.is_seen_later = false;
        }
    }
}
