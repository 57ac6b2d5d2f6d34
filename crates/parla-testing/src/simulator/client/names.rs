//! What a client learns when it enters a room: its members as NAMES lists them, and its topic.

use std::mem;

use parla_proto::{Capabilities, Message, Source};

use super::{Client, Scene, room::Member};
use crate::simulator::{
    checkers::{Checked, NameList, ensure},
    rank::{self, Signs},
};

pub(super) fn hear(client: &mut Client, message: &Message<'_>, scene: &Scene) -> Checked {
    let name = scene.fold(message.param(2).unwrap_or_default());
    let full = client.capabilities.contains(Capabilities::USERHOST_IN_NAMES);
    let all = client.capabilities.contains(Capabilities::MULTI_PREFIX);
    let me = client.folded_nick(scene);
    let Some(room) = client.rooms.get_mut(&name) else { return Ok(()) };
    for word in message.param(3).unwrap_or_default().split(' ').filter(|word| !word.is_empty()) {
        let (signs, source) = word.split_at(word.len() - word.trim_start_matches(rank::is_sign).len());
        let source = Source::parse(source);
        ensure(source.host.is_some() == full, "userhost-in-names", || word.to_owned())?;
        ensure(all || signs.len() < 2, "multi-prefix", || word.to_owned())?;
        let member = Member { nick: source.name.to_owned(), signs: Signs::of(signs) };
        if room.names.is_empty() {
            room.left_meanwhile = false;
            let crowd = scene.journals.get(&name).map(|journal| &journal.crowd);
            room.list_hides_crowd = crowd.is_some_and(|crowd| crowd.hides_from(&me));
        }
        let known = room.names.insert(scene.fold(source.name), member);
        let may_repeat = room.left_meanwhile;
        ensure(known.is_none() || may_repeat, "membership", || format!("{word} twice in one list"))?;
    }
    Ok(())
}

/// Handles the end of a list. The first list says who is in the room; every later one must match what the
/// client knows.
pub(super) fn hear_end(client: &mut Client, message: &Message<'_>, scene: &mut Scene) -> Checked {
    let all = client.capabilities.contains(Capabilities::MULTI_PREFIX);
    let me = client.folded_nick(scene);
    for name in message.param(1).unwrap_or_default().split(',') {
        let name = scene.fold(name);
        let Some(room) = client.rooms.get_mut(&name) else { continue };
        let journal = scene.journals.entry(name.clone()).or_default();
        let names = mem::take(&mut room.names);
        if !room.is_complete && !room.was_raised {
            let signs = names.get(&me).cloned().unwrap_or_default().signs;
            ensure(
                !rank::is_at_least(&signs, '@') || scene.store.may_be_new(&name, room.joined),
                "first",
                || format!("a rank for entering {name}, which was there before"),
            )?;
            journal.crowd.found(&me, &signs);
            if rank::is_at_least(&signs, '@') && journal.crowd.changes() == room.changes {
                journal.crowd.is_new(scene.settings.network.channel_modes);
            }
        }
        if !room.is_complete || room.is_partial {
            room.is_partial = mem::take(&mut room.list_hides_crowd) || journal.crowd.hides_from(&me);
            journal.listed(&NameList {
                at: room.at,
                names: names.iter().map(|(nick, member)| (nick.as_str(), &member.signs)).collect(),
                has_all_signs: all,
                is_whole: !room.is_partial,
            });
            room.is_complete = true;
            room.ranks_known = all;
            room.members = names;
            continue;
        }
        room.agrees_with(&names, all)?;
    }
    Ok(())
}

pub(super) fn hear_topic(client: &mut Client, message: &Message<'_>, scene: &Scene) -> Checked {
    let name = scene.fold(message.param(1).unwrap_or_default());
    let topic = if message.command == "332" { message.param(2).unwrap_or_default() } else { "" };
    let Some(room) = client.rooms.get_mut(&name) else { return Ok(()) };
    if room.is_complete {
        return ensure(room.topic == topic, "topic", || format!("the client heard of {:?}", room.topic));
    }
    topic.clone_into(&mut room.topic);
    Ok(())
}
