//! PING: the server checks whether the connection is alive. <https://modern.ircdocs.horse/#ping-message>

use parla_proto::Line;

use crate::{incoming::Incoming, turn::Turn};

impl Incoming<'_> {
    /// Answers a PING.
    pub(super) fn pong(&self, turn: &mut Turn<'_>) {
        turn.send(Line::bare("PONG").last(self.last()));
    }
}
