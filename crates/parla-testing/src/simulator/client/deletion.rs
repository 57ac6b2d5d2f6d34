//! A room ends because somebody deletes it from outside, as operators of the server can.

use parla_proto::Message;

use super::{Client, Scene, room::leave};
use crate::simulator::checkers::{Checked, ensure};

/// The server puts the client out of a room that is no more. Each member hears that of itself only.
pub(super) fn hear(client: &mut Client, message: &Message<'_>, scene: &mut Scene) -> Checked {
    let name = scene.fold(message.param(0).unwrap_or_default());
    ensure(message.param(1) == client.nick.as_deref(), "target", || "someone else is put out".to_owned())?;
    leave(client, &name, scene)?;
    scene.journals.entry(name).or_default().crowd.forget();
    Ok(())
}
