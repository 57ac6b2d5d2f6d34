//! A room as one member knows it, and the lines that change it.

use std::collections::BTreeMap;

use parla_proto::{Capabilities, Message, MsgId, Source};

use super::{Client, Scene};
use crate::simulator::{
    checkers::{Checked, Finding, Kind, RoomEvent, ensure},
    store::Heard,
};

/// A room that the client is in.
#[derive(Debug, Default)]
pub(crate) struct Room {
    /// Nicks by their folded form.
    pub(crate) members: BTreeMap<String, String>,
    /// How far the client has read the room's journal.
    pub(crate) at: usize,
    /// None or the empty text: there is none.
    pub(crate) topic: String,
    /// Whether the first list of names has come.
    pub(crate) is_complete: bool,
    /// The names of a list that has not ended.
    names: BTreeMap<String, String>,
}

/// The client-only tags as they stand in a line.
pub(super) fn client_only(message: &Message<'_>) -> String {
    let own = |piece: &&str| piece.starts_with('+');
    message.tags.as_str().split(';').filter(own).collect::<Vec<_>>().join(";")
}

fn outside() -> Finding {
    Finding::new("outside", "the client is not in the room".to_owned())
}

/// Something happens in a room that the client is in.
fn hear(client: &mut Client, name: &str, event: &RoomEvent, scene: &mut Scene) -> Checked {
    let nick = client.folded_nick(scene);
    let reader = client.reader(&nick);
    let room = client.rooms.get_mut(name).ok_or_else(outside)?;
    let journal = scene.journals.entry(name.to_owned()).or_default();
    journal.hear(&mut room.at, event, reader)
}

pub(super) fn hear_said(
    client: &mut Client,
    message: &Message<'_>,
    labelled: bool,
    scene: &mut Scene,
) -> Checked {
    let source = message.source.map(|source| source.to_string()).unwrap_or_default();
    let sender = scene.fold(message.source.map_or("", |source| source.name));
    let name = scene.fold(message.param(0).unwrap_or_default());
    let text = message.param(1).unwrap_or_default();
    let is_tags = message.command == "TAGMSG";
    let reads_tags = client.capabilities.contains(Capabilities::MESSAGE_TAGS);
    let id = message.tags.get("msgid").and_then(|id| MsgId::parse(&id).ok());
    ensure(id.is_some() == reads_tags, "msgid", || "the id is missing".to_owned())?;
    let tags = reads_tags.then(|| client_only(message));
    let mut event = RoomEvent::new(
        format!("{} {source} {text}", message.command),
        sender.clone(),
        if is_tags { Kind::Tagged } else { Kind::Said },
    );
    event.id = id;
    if is_tags {
        ensure(reads_tags, "tags", || "TAGMSG without message-tags".to_owned())?;
        event.line.push_str(tags.as_deref().unwrap_or_default());
    } else if scene.settings.history {
        let time = message.tags.get("time").and_then(|time| time.parse().ok());
        let heard = Heard { verb: message.command, source: &source, room: &name, text, id, time, tags };
        event.id = scene.store.confirm(&heard)?.filter(|_| scene.texts_differ).or(id);
    }
    if sender == client.folded_nick(scene) && !client.muddled {
        client.needs(Capabilities::ECHO_MESSAGE)?;
        if let Some(current) = &mut client.current {
            current.hear_own(&name, text, labelled);
        }
        if !client.rooms.contains_key(&name) {
            return Ok(());
        }
    }
    if client.muddled {
        if sender == client.folded_nick(scene) {
            return Ok(());
        }
        return client.rooms.get(&name).map(|_| ()).ok_or_else(outside);
    }
    hear(client, &name, &event, scene)
}

pub(super) fn hear_join(
    client: &mut Client,
    message: &Message<'_>,
    from: &str,
    scene: &mut Scene,
) -> Checked {
    let source = message.source.map(|source| source.to_string()).unwrap_or_default();
    let extended = client.capabilities.contains(Capabilities::EXTENDED_JOIN);
    ensure(message.params.len() == if extended { 3 } else { 1 }, "extended-join", || {
        format!("{} parameters", message.params.len())
    })?;
    let (name, who) = (scene.fold(message.param(0).unwrap_or_default()), scene.fold(from));
    let event = RoomEvent::new(format!("JOIN {source}"), who.clone(), Kind::Join);
    if who != client.folded_nick(scene) {
        hear(client, &name, &event, scene)?;
        let room = client.rooms.get_mut(&name).ok_or_else(outside)?;
        let known = room.members.insert(who, from.to_owned());
        return ensure(known.is_none(), "membership", || "a member joins".to_owned());
    }
    ensure(!client.rooms.contains_key(&name), "membership", || "the client is in it already".to_owned())?;
    let at = scene.journals.entry(name.clone()).or_default().enter(event)?;
    client.rooms.insert(name, Room { at, ..Room::default() });
    Ok(())
}

/// PART, KICK, TOPIC, MODE of a room.
pub(super) fn hear_change(
    client: &mut Client,
    message: &Message<'_>,
    from: &str,
    scene: &mut Scene,
) -> Checked {
    let source = message.source.map(|source| source.to_string()).unwrap_or_default();
    let name = scene.fold(message.param(0).unwrap_or_default());
    let rest: Vec<&str> = message.params.iter().skip(1).copied().collect();
    let subject = if message.command == "KICK" { message.param(1).unwrap_or_default() } else { from };
    let subject = scene.fold(subject);
    let event = RoomEvent::new(
        format!("{} {source} {}", message.command, rest.join(" ")),
        subject.clone(),
        Kind::Plain,
    );
    hear(client, &name, &event, scene)?;
    let me = client.folded_nick(scene);
    let room = client.rooms.get_mut(&name).ok_or_else(outside)?;
    match message.command {
        "TOPIC" => room.topic = message.param(1).unwrap_or_default().to_owned(),
        "PART" | "KICK" if subject == me => {
            client.rooms.remove(&name);
        }
        "PART" | "KICK" => {
            let known = room.members.remove(&subject);
            return ensure(known.is_some(), "membership", || "no member leaves".to_owned());
        }
        _ => {}
    }
    Ok(())
}

/// The rooms that the client shares with someone.
fn shared(client: &Client, who: &str) -> Vec<String> {
    let with = client.rooms.iter().filter(|(_, room)| room.members.contains_key(who));
    with.map(|(name, _)| name.clone()).collect()
}

pub(super) fn hear_nick(
    client: &mut Client,
    message: &Message<'_>,
    from: &str,
    scene: &mut Scene,
) -> Checked {
    let source = message.source.map(|source| source.to_string()).unwrap_or_default();
    let new = message.param(0).unwrap_or_default();
    let (old_key, new_key) = (scene.fold(from), scene.fold(new));
    let is_me = old_key == client.folded_nick(scene);
    let rooms = shared(client, &old_key);
    ensure(is_me || !rooms.is_empty(), "outside", || "a nick of someone who shares no room".to_owned())?;
    let event = RoomEvent::new(format!("NICK {source} {new}"), old_key.clone(), Kind::Plain);
    for name in rooms {
        hear(client, &name, &event, scene)?;
        let room = client.rooms.get_mut(&name).ok_or_else(outside)?;
        room.members.remove(&old_key);
        let known = room.members.insert(new_key.clone(), new.to_owned());
        ensure(known.is_none(), "membership", || "the nick of another member".to_owned())?;
    }
    if is_me {
        let rest = client.source.split_once('!').map(|(_, rest)| rest.to_owned()).unwrap_or_default();
        client.source = format!("{new}!{rest}");
        client.nick = Some(new.to_owned());
    }
    Ok(())
}

pub(super) fn hear_quit(
    client: &mut Client,
    message: &Message<'_>,
    from: &str,
    scene: &mut Scene,
) -> Checked {
    let source = message.source.map(|source| source.to_string()).unwrap_or_default();
    let who = scene.fold(from);
    let rooms = shared(client, &who);
    ensure(!rooms.is_empty(), "outside", || "someone who shares no room".to_owned())?;
    let reason = message.param(0).unwrap_or_default();
    let event = RoomEvent::new(format!("QUIT {source} {reason}"), who.clone(), Kind::Plain);
    for name in rooms {
        hear(client, &name, &event, scene)?;
        if let Some(room) = client.rooms.get_mut(&name) {
            room.members.remove(&who);
        }
    }
    Ok(())
}

pub(super) fn hear_names(client: &mut Client, message: &Message<'_>, scene: &Scene) -> Checked {
    let name = scene.fold(message.param(2).unwrap_or_default());
    let full = client.capabilities.contains(Capabilities::USERHOST_IN_NAMES);
    let Some(room) = client.rooms.get_mut(&name) else { return Ok(()) };
    for word in message.param(3).unwrap_or_default().split(' ').filter(|word| !word.is_empty()) {
        let source = Source::parse(word.trim_start_matches(['~', '&', '@', '%', '+']));
        ensure(source.host.is_some() == full, "userhost-in-names", || word.to_owned())?;
        let known = room.names.insert(scene.fold(source.name), source.name.to_owned());
        ensure(known.is_none(), "membership", || format!("{word} twice in one list"))?;
    }
    Ok(())
}

/// The first list says who is in the room; every later one must say what the client knows.
pub(super) fn hear_end_of_names(client: &mut Client, message: &Message<'_>, scene: &Scene) -> Checked {
    let name = scene.fold(message.param(1).unwrap_or_default());
    let Some(room) = client.rooms.get_mut(&name) else { return Ok(()) };
    let names = std::mem::take(&mut room.names);
    if !room.is_complete {
        room.is_complete = true;
        room.members = names;
        return Ok(());
    }
    ensure(room.members == names, "membership", || {
        format!("{:?} by the list, {:?} by what happened", names.values(), room.members.values())
    })
}

pub(super) fn hear_topic_reply(client: &mut Client, message: &Message<'_>, scene: &Scene) -> Checked {
    let name = scene.fold(message.param(1).unwrap_or_default());
    let topic = if message.command == "332" { message.param(2).unwrap_or_default() } else { "" };
    let Some(room) = client.rooms.get_mut(&name) else { return Ok(()) };
    if room.is_complete {
        return ensure(room.topic == topic, "topic", || format!("the client heard of {:?}", room.topic));
    }
    topic.clone_into(&mut room.topic);
    Ok(())
}
