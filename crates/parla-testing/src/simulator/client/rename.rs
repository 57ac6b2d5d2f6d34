//! RENAME: a room continues under another name, for clients that know the command and for those that do not.

use std::mem;

use parla_proto::{Capabilities, Message};

use super::{
    Client, Scene,
    room::{leave, outside},
};
use crate::simulator::checkers::{Checked, ensure};

/// Handles that a room was renamed: events from now on are in another journal.
pub(super) fn hear(client: &mut Client, message: &Message<'_>, scene: &mut Scene) -> Checked {
    client.needs(Capabilities::CHANNEL_RENAME)?;
    let name = |index| message.param(index).unwrap_or_default();
    let (old, new) = (scene.fold(name(0)), scene.fold(name(1)));
    ensure(name(0) != name(1), "rename", || "to the same name".to_owned())?;
    if old == new {
        return client.rooms.get(&old).map(|_| ()).ok_or_else(outside);
    }
    let mut room = leave(client, &old, scene)?;
    move_crowd(scene, &old, &new);
    room.at = scene.journals.entry(new.clone()).or_default().end();
    let known = client.rooms.insert(new, room);
    ensure(known.is_none(), "rename", || "to the name of another room".to_owned())
}

/// Whether a PART is really the first half of a rename.
///
/// A client cannot distinguish it from a PART that it asked for, or that an operator of the server caused
/// with SAPART: both may be on their way when a room is renamed. So the world says what the line comes from.
pub(super) fn is_rename(client: &Client, from: &str, scene: &Scene) -> bool {
    scene.is_rename
        && scene.fold(from) == client.folded_nick(scene)
        && !client.capabilities.contains(Capabilities::CHANNEL_RENAME)
}

/// Handles that a room was renamed, for a client that does not know the command.
pub(super) fn hear_as_part(client: &mut Client, message: &Message<'_>, scene: &mut Scene) -> Checked {
    let old = scene.fold(message.param(0).unwrap_or_default());
    leave(client, &old, scene)?;
    client.moving = Some(old);
    Ok(())
}

/// Moves the members of a room to its new name, once, however many clients are told.
pub(super) fn move_crowd(scene: &mut Scene, old: &str, new: &str) {
    let invited: Vec<String> =
        scene.invited.iter().filter(|(name, _)| name == old).map(|(_, nick)| nick.clone()).collect();
    scene.invited.extend(invited.into_iter().map(|nick| (new.to_owned(), nick)));
    let crowd = scene.journals.get_mut(old).map(|journal| mem::take(&mut journal.crowd));
    if let Some(mut crowd) = crowd.filter(|crowd| !crowd.is_empty()) {
        crowd.moved();
        scene.journals.entry(new.to_owned()).or_default().crowd = crowd;
    }
}
