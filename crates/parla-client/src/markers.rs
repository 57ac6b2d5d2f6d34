//! Sends the person's read positions to the server, so that their other devices know them.
//!
//! <https://ircv3.net/specs/extensions/read-marker>

use parla_proto::{Line, Timestamp};

use crate::{buffers::Buffers, limits::MARK_AFTER, session::Session, turn::Turn, view::BufferKind};

/// Conversations whose positions are sent at once; the others follow a little later.
const TOLD_AT_ONCE: usize = 8;
/// Direct conversations whose position is requested after connecting.
const ASKED_MAX: usize = 20;

/// When the next positions are sent.
#[derive(Debug, Default)]
pub(crate) struct Markers {
    has_moved: bool,
    due: Option<Timestamp>,
}

impl Markers {
    /// Notes that something was read.
    pub(crate) const fn moved(&mut self) {
        self.has_moved = true;
    }

    pub(crate) const fn next_deadline(&self) -> Option<Timestamp> {
        self.due
    }

    /// Plans to tell the server, if there is something to tell.
    pub(crate) fn plan(&mut self, session: &Session, now: Timestamp) {
        let has_moved = std::mem::take(&mut self.has_moved);
        if has_moved && self.due.is_none() && session.keeps_markers() {
            self.due = Some(now + MARK_AFTER);
        }
    }

    /// Sends the positions that are due.
    pub(crate) fn tell_due(&mut self, buffers: &mut Buffers, session: &Session, turn: &mut Turn<'_>) {
        if self.due.take_if(|due| *due <= turn.now).is_none() || !session.keeps_markers() {
            return;
        }
        let mut told = 0;
        for buffer in buffers.iter_mut() {
            if buffer.kind() == BufferKind::Server || !buffer.is_present() {
                continue;
            }
            let Some(until) = buffer.read_untold() else { continue };
            if told == TOLD_AT_ONCE {
                self.due = Some(turn.now + MARK_AFTER);
                return;
            }
            told += 1;
            buffer.read_is_told(until);
            turn.send(Line::bare("MARKREAD").param(buffer.name()).param(format_args!("timestamp={until}")));
        }
    }
}

impl Buffers {
    /// Requests the read positions of direct conversations. Those of channels are sent on joining.
    pub(crate) fn ask_markers(&self, session: &Session, turn: &mut Turn<'_>) {
        if session.keeps_markers() {
            let people = self.iter().filter(|buffer| buffer.kind() == BufferKind::Direct);
            for person in people.take(ASKED_MAX) {
                turn.send(Line::bare("MARKREAD").param(person.name()));
            }
        }
    }
}
