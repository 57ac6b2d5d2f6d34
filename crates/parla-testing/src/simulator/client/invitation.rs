//! INVITE: of the client itself, whom it may let in, and of somebody else, which members with a rank are
//! told.

use parla_proto::{Capabilities, Message};

use super::{Client, Scene, room::outside};
use crate::simulator::{
    checkers::{Checked, ensure},
    rank,
};

/// Handles an invitation of the client. It lets nobody in if the inviter certainly had no rank for it.
pub(super) fn hear_own(client: &Client, message: &Message<'_>, from: &str, scene: &mut Scene) -> Checked {
    let (name, by) = (scene.fold(message.param(1).unwrap_or_default()), scene.fold(from));
    let opens_none = scene.journals.get(&name).is_some_and(|journal| journal.crowd.is_below(&by, '%'));
    if !opens_none {
        scene.invited.insert((name, client.folded_nick(scene)));
    }
    Ok(())
}

/// Checks that the client may be told of another user's invitation, which only those are who could invite.
pub(super) fn hear(client: &Client, message: &Message<'_>, scene: &Scene) -> Checked {
    client.needs(Capabilities::INVITE_NOTIFY)?;
    let name = scene.fold(message.param(1).unwrap_or_default());
    let room = client.rooms.get(&name).ok_or_else(outside)?;
    let own = room.signs(&client.folded_nick(scene));
    ensure(own.is_none_or(|own| rank::is_at_least(own, '%')), "rank", || {
        format!("{own:?} hears of an invitation")
    })
}
