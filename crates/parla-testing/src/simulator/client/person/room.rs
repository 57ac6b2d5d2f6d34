//! The rooms of a client whose person may be there with several clients, or with none.

use std::mem;

use parla_proto::{Capabilities, Message, mode::steps};

use super::super::{
    Client, Room, Scene,
    room::{Member, outside},
};
use crate::simulator::{
    checkers::{Checked, Finding, ensure},
    rank::{self, Signs},
};

fn named<'c>(client: &'c mut Client, message: &Message<'_>, scene: &Scene) -> Checked<&'c mut Room> {
    let name = scene.fold(message.param(0).unwrap_or_default());
    client.rooms.get_mut(&name).ok_or_else(outside)
}

pub(super) fn hear_join(client: &mut Client, message: &Message<'_>, from: &str, scene: &Scene) -> Checked {
    let (name, who) = (scene.fold(message.param(0).unwrap_or_default()), scene.fold(from));
    if who != client.folded_nick(scene) {
        client.person.announced.remove(&who);
        let room = client.rooms.get_mut(&name).ok_or_else(outside)?;
        let member = Member { nick: from.to_owned(), signs: Signs::default() };
        let known = room.insert(who, member);
        return ensure(known.is_none() || !room.is_complete, "membership", || "a member joins".to_owned());
    }
    ensure(!client.rooms.contains_key(&name), "membership", || "the client is in it already".to_owned())?;
    // Only a line that tells of an entering has an id.
    let joined = message.tags.get("msgid").and_then(|id| scene.store.ids.decode(&id));
    let people = scene.people.as_ref().filter(|people| people.is_exact && !people.is_sign_in);
    client.person.expected.remove(&name);
    if let Some((people, joined)) = people.zip(joined)
        && let Some(kept) = people.told.room_named(&name).filter(|kept| kept.id.number() < joined)
    {
        let own = client.person.account.filter(|_| kept.owner.is_some());
        let rank = own.and_then(|own| kept.access.get(&own)).copied().unwrap_or_default();
        client.person.expected.insert(name.clone(), rank);
    }
    client.rooms.insert(name, Room { joined, ..Room::default() });
    Ok(())
}

/// Handles the end of a list of names. The first list says who is there, and with which ranks the client has
/// entered; every later one must match what the client knows.
pub(super) fn hear_names_end(client: &mut Client, message: &Message<'_>, scene: &Scene) -> Checked {
    let all = client.capabilities.contains(Capabilities::MULTI_PREFIX);
    let me = client.folded_nick(scene);
    for name in message.param(1).unwrap_or_default().split(',') {
        let name = scene.fold(name);
        let Some(room) = client.rooms.get_mut(&name) else { continue };
        let names = mem::take(&mut room.names);
        if room.is_complete {
            room.agrees_with(&names, all)?;
            continue;
        }
        let own = names.get(&me).ok_or_else(|| {
            Finding::new("membership", format!("the client is not on the first list of {name}"))
        })?;
        if let Some(expected) = client.person.expected.remove(&name) {
            let expected = Signs::of_rank(expected);
            let is_right = if all { own.signs == expected } else { own.signs == expected.highest() };
            ensure(is_right, "ranks", || {
                format!("{:?} on entering {name}, where {expected:?} are kept", own.signs)
            })?;
        }
        (room.is_complete, room.ranks_known) = (true, all);
        room.members = names;
    }
    Ok(())
}

pub(super) fn hear_new_topic(client: &mut Client, message: &Message<'_>, scene: &Scene) -> Checked {
    let room = named(client, message, scene)?;
    message.param(1).unwrap_or_default().clone_into(&mut room.topic);
    Ok(())
}

/// Handles a change of modes, which whoever made it must have had the rank for.
pub(super) fn hear_modes(client: &mut Client, message: &Message<'_>, scene: &Scene) -> Checked {
    let by = scene.fold(message.source.map_or("", |source| source.name));
    let me = client.folded_nick(scene);
    let name = scene.fold(message.param(0).unwrap_or_default());
    let room = client.rooms.get_mut(&name).ok_or_else(outside)?;
    let letters = message.param(1).unwrap_or_default();
    for step in steps(letters, message.params.iter().skip(2).copied()).flatten() {
        let target = scene.fold(step.param.unwrap_or_default());
        if let Some(own) = room.signs(&by) {
            rank::may_change(own, &step, by == target)?;
        }
        let Some(sign) = rank::sign_of(step.mode) else { continue };
        if target == me {
            client.person.expected.remove(&name);
        }
        let is_there = room.members.contains_key(&target) || !room.is_complete;
        ensure(is_there, "membership", || format!("{target} is not there and gets a rank"))?;
        room.set_sign(&target, sign, step.set);
    }
    Ok(())
}

pub(super) fn hear_leaving(client: &mut Client, message: &Message<'_>, from: &str, scene: &Scene) -> Checked {
    let (name, who) = (scene.fold(message.param(0).unwrap_or_default()), scene.fold(from));
    leaves(client, &name, &who, scene)
}

fn leaves(client: &mut Client, name: &str, who: &str, scene: &Scene) -> Checked {
    let me = client.folded_nick(scene);
    let room = client.rooms.get_mut(name).ok_or_else(outside)?;
    if who == me {
        client.rooms.remove(name);
        return Ok(());
    }
    let known = room.remove(who);
    ensure(known.is_some() || !room.is_complete, "membership", || "no member leaves".to_owned())
}

pub(super) fn hear_kick(client: &mut Client, message: &Message<'_>, from: &str, scene: &Scene) -> Checked {
    let (by, who) = (scene.fold(from), scene.fold(message.param(1).unwrap_or_default()));
    let room = named(client, message, scene)?;
    let (own, other) = (room.signs(&by), room.signs(&who));
    let may = own.zip(other).is_none_or(|(own, other)| by == who || rank::may_kick(own, other));
    ensure(may, "rank", || format!("{own:?} puts {other:?} out"))?;
    leaves(client, &scene.fold(message.param(0).unwrap_or_default()), &who, scene)
}

/// Handles that the server removes the client from a deleted room.
pub(super) fn hear_deletion(client: &mut Client, message: &Message<'_>, scene: &Scene) -> Checked {
    ensure(message.param(1) == client.nick.as_deref(), "target", || "someone else is put out".to_owned())?;
    let me = client.folded_nick(scene);
    leaves(client, &scene.fold(message.param(0).unwrap_or_default()), &me, scene)
}

pub(super) fn hear_nick(client: &mut Client, message: &Message<'_>, from: &str, scene: &Scene) -> Checked {
    let new = message.param(0).unwrap_or_default();
    let (old_key, new_key) = (scene.fold(from), scene.fold(new));
    let is_me = old_key == client.folded_nick(scene);
    let mut is_seen = is_me;
    for room in client.rooms.values_mut() {
        // A client that has just become another person's reads the new nick first.
        is_seen |= room.members.contains_key(&new_key);
        let Some(before) = room.remove(&old_key) else { continue };
        is_seen = true;
        let known = room.insert(new_key.clone(), Member { nick: new.to_owned(), ..before });
        ensure(known.is_none() || !room.is_complete, "membership", || {
            "the nick of another member".to_owned()
        })?;
    }
    let may_be_unlisted = client.rooms.values().any(|room| !room.is_complete);
    ensure(is_seen || may_be_unlisted, "outside", || "a nick of someone who shares no room".to_owned())?;
    if is_me {
        client.nick = Some(new.to_owned());
        client.nicks.insert(new_key);
    }
    Ok(())
}

pub(super) fn hear_quit(client: &mut Client, message: &Message<'_>, from: &str, scene: &Scene) -> Checked {
    let who = scene.fold(from);
    // The room that they shared may be one that the client's person has entered in their place.
    let signs_in = message.param(0) == Some("Signed in");
    ensure(who != client.folded_nick(scene), "identity", || "the client itself has quit".to_owned())?;
    let mut is_seen = client.rooms.values().any(|room| !room.is_complete);
    for room in client.rooms.values_mut() {
        is_seen |= room.remove(&who).is_some();
    }
    ensure(is_seen || signs_in, "outside", || "someone who shares no room".to_owned())
}

pub(super) fn hear_rename(client: &mut Client, message: &Message<'_>, scene: &Scene) -> Checked {
    client.needs(Capabilities::CHANNEL_RENAME)?;
    let [old, new] = [0, 1].map(|index| scene.fold(message.param(index).unwrap_or_default()));
    let room = client.rooms.remove(&old).ok_or_else(outside)?;
    if let Some(rank) = client.person.expected.remove(&old) {
        client.person.expected.insert(new.clone(), rank);
    }
    let known = client.rooms.insert(new, room);
    ensure(known.is_none(), "rename", || "to the name of another room".to_owned())
}
