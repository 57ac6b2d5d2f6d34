//! METADATA as one client knows it: the keys it subscribed to, and what it may therefore be told unasked.

use parla_proto::{Capabilities, Message, name::is_channel};

use super::{Client, Scene};
use crate::simulator::checkers::{Checked, ensure};

/// Handles 770 and 771: keys were added to or removed from the subscriptions.
pub(super) fn hear_subscription(client: &mut Client, message: &Message<'_>) -> Checked {
    for key in message.params.iter().skip(1) {
        if message.command == "770" {
            client.subscribed.insert((*key).to_owned());
        } else {
            client.subscribed.remove(*key);
        }
    }
    Ok(())
}

/// Handles that the client has given up the capability, and so is told nothing more.
pub(super) fn hear_capabilities(client: &mut Client) {
    if !is_aware(client.capabilities) {
        client.subscribed.clear();
    }
}

/// Checks a value, or the absence of one, that was requested or is news about something that the client can
/// see.
pub(super) fn hear_value(client: &Client, message: &Message<'_>, scene: &Scene) -> Checked {
    let (target, key) = if message.command == "METADATA" {
        client.needs(Capabilities::METADATA_2)?;
        (message.param(0), message.param(1))
    } else {
        (message.param(1), message.param(2))
    };
    if client.current.as_ref().is_some_and(|current| current.is_to("METADATA")) {
        return Ok(());
    }
    let (target, key) = (scene.fold(target.unwrap_or_default()), key.unwrap_or_default());
    let is_me = target == client.folded_nick(scene);
    ensure(is_aware(client.capabilities), "metadata", || "the client knows no METADATA".to_owned())?;
    ensure(is_me || client.subscribed.contains(key), "metadata", || {
        format!("the client did not subscribe to {key}")
    })?;
    let in_room = |room: &super::Room| room.members.contains_key(&target);
    let sees = is_me
        || is_channel(&target) && client.rooms.contains_key(&target)
        || client.rooms.values().any(in_room);
    let watches = client.watched.contains_key(&target);
    ensure(sees || watches, "metadata", || format!("{target} shares no room, and is not watched"))
}

fn is_aware(capabilities: Capabilities) -> bool {
    capabilities.intersects(Capabilities::METADATA | Capabilities::METADATA_2)
        && capabilities.contains(Capabilities::BATCH)
}
