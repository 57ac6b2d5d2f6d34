//! PING: the server asks whether the connection still lives. <https://modern.ircdocs.horse/#ping-message>

use parla_proto::Line;

use super::Incoming;
use crate::turn::Turn;

pub(super) fn receive(incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    let token = incoming.message.params.last().copied().unwrap_or_default();
    turn.send(Line::bare("PONG").last(token));
}
