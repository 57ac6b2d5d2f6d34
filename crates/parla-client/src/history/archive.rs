//! Earlier messages that this machine has stored. The archive is read from its end to its beginning; when it
//! has no more, the server may.

use std::sync::Arc;

use super::{History, Purpose};
use crate::{
    buffer::{Added, Buffer, Look},
    contract::{ArchivedMessage, Output},
    limits::HISTORY_PAGE,
    received::Received,
    session::Session,
    timeline::{Neighbours, Spot, next_known},
    turn::Turn,
    view::{BufferKind, Earlier},
};

/// The most unread messages that are recalled unasked from the archive in order to count them.
const RECALLED_UNREAD_MAX: usize = 1_000;

/// What the archive returned for one conversation.
#[derive(Clone, Copy)]
pub(crate) struct Recalled<'a> {
    /// The messages, oldest first.
    pub(crate) messages: &'a [ArchivedMessage],
    /// Whether older ones are stored too.
    pub(crate) more: bool,
}

impl Buffer {
    /// Asks the archive for the page before the last one. The archive has its own order, so the position is
    /// remembered rather than taken from a known row.
    pub(super) fn recall(&self, turn: &mut Turn<'_>) {
        turn.output(Output::Recall {
            kind: self.kind(),
            name: Arc::clone(self.name()),
            before: self.recalled_to(),
            limit: HISTORY_PAGE,
        });
    }

    /// Puts messages of the archive in their places. Returns whether any of them was new.
    fn restore_all(&mut self, session: &Session, messages: &[ArchivedMessage], turn: &mut Turn<'_>) -> bool {
        let mut is_news = false;
        let mut neighbours = Neighbours::new(Spot::Start);
        let known = messages.iter().map(|kept| {
            let received = Received::of_archive(kept, Spot::Start);
            self.row_of(&received, &self.shown(session, &received))
        });
        let known = known.collect();
        for (kept, after) in messages.iter().zip(next_known(known)) {
            neighbours.after = after;
            let received = Received::of_archive(kept, neighbours.spot(self.timeline()));
            let message = self.shown(session, &received);
            let row = match self.row_of(&received, &message) {
                Some(row) => row,
                None => match self.add_received(&received, message, Look::default(), turn) {
                    Added::New(row) | Added::Known(row) => {
                        is_news = true;
                        row
                    }
                    // If there is no place for this one, there is none for older ones.
                    Added::Nowhere => return true,
                },
            };
            neighbours.passed(self.timeline(), Some(row));
        }
        is_news
    }

    /// Whether unread messages may begin before this one, which is the oldest that was recalled.
    fn is_before_read(&self, oldest: &ArchivedMessage) -> bool {
        let is_open =
            self.timeline().read_boundary().is_none() && (self.unread() as usize) < RECALLED_UNREAD_MAX;
        is_open && self.read_at().is_some_and(|read| oldest.at > read)
    }
}

impl History {
    /// Takes the archive's answer, or what it supplied before the start. Beyond the archive's beginning the
    /// server may have more.
    pub(crate) fn recalled(
        &mut self,
        buffer: &mut Buffer,
        session: &Session,
        recalled: &Recalled<'_>,
        turn: &mut Turn<'_>,
    ) {
        let Recalled { messages, more } = *recalled;
        let is_news = buffer.restore_all(session, messages, turn);
        buffer.changed();
        buffer.recalled(messages.iter().map(|kept| kept.at).min());
        // The server had already sent all of it, or the read position is further back: there is more to get.
        let is_unread = || messages.first().is_some_and(|first| buffer.is_before_read(first));
        if more && !messages.is_empty() && (!is_news || is_unread()) {
            buffer.set_earlier(Earlier::Loading);
            return buffer.recall(turn);
        }
        let is_end = messages.is_empty() && !more;
        if is_end && buffer.can_ask(session) {
            return self.want(buffer, Purpose::Earlier);
        }
        let is_all = is_end && (buffer.kind() == BufferKind::Direct || session.is_registered());
        buffer.set_earlier(if is_all { Earlier::None } else { Earlier::Possible });
    }
}
