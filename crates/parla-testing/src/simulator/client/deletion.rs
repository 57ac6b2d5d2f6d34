//! The deletion of a room from outside it, by an operator of the server.

use parla_proto::Message;

use super::{Client, Scene, room::leave};
use crate::simulator::checkers::{Checked, ensure};

/// Handles that the server removes the client from a deleted room. Each member is told only about themselves.
pub(super) fn hear(client: &mut Client, message: &Message<'_>, scene: &mut Scene) -> Checked {
    let name = scene.fold(message.param(0).unwrap_or_default());
    ensure(message.param(1) == client.nick.as_deref(), "target", || "someone else is put out".to_owned())?;
    leave(client, &name, scene)?;
    scene.journals.entry(name).or_default().crowd.forget();
    Ok(())
}
