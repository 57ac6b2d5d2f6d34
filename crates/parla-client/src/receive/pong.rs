//! PONG: everything that was sent before the PING has been dealt with. <https://modern.ircdocs.horse/#pong-message>

use super::Incoming;
use crate::{client::Client, turn::Turn};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    let token = incoming.message.params.last().copied().unwrap_or_default();
    client.outbox.passed_fence(&mut client.state, token, turn);
}
