//! PING: the server checks whether the connection is alive. <https://modern.ircdocs.horse/#ping-message>

use parla_proto::Line;

use crate::{client::Client, incoming::Incoming, turn::Turn};

impl Incoming<'_> {
    /// Answers a PING.
    pub(super) fn pong(&self, turn: &mut Turn<'_>) {
        turn.send(Line::bare("PONG").last(self.last()));
    }
}

impl Client {
    /// PONG: the server has processed everything that was sent before the PING.
    pub(super) fn pong(&mut self, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        let token = incoming.last();
        self.requests.passed_fence(token);
        self.outbox.passed_fence(&mut self.buffers, self.looking.now(), token, turn);
    }
}
