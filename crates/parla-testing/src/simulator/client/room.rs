//! A room as one member knows it, and the lines that change it.

use std::collections::BTreeMap;

use parla_proto::{Capabilities, Message, mode::steps};

use super::{Client, Scene, entrance, rename::move_crowd};
use crate::simulator::{
    checkers::{Checked, Finding, Kind, RoomEvent, ensure},
    crowd::Effect,
    rank::{self, Signs},
    store::ReceivedMessage,
};

/// A room that the client is in.
#[derive(Debug, Default)]
pub(crate) struct Room {
    /// Members by folded nick.
    pub(crate) members: BTreeMap<String, Member>,
    /// Whether the client knows all signs of all members, because the first list had them.
    pub(crate) ranks_known: bool,
    /// How far the client has read the room's journal.
    pub(crate) at: usize,
    /// The number of the JOIN, if the client was told its id.
    pub(super) joined: Option<u64>,
    /// Whether anybody has made the client an operator or more since it entered; if so, that rank does not
    /// come from entering.
    pub(super) was_raised: bool,
    /// The topic; empty if there is none.
    pub(crate) topic: String,
    /// How often the room's modes had changed when the client entered.
    pub(super) changes: usize,
    /// Whether the first list of names is complete.
    pub(crate) is_complete: bool,
    /// Whether members may have come and gone unnoticed, because of `+u`.
    pub(crate) is_partial: bool,
    /// The names in a list that has not ended; later events change them in the same way as the members.
    pub(super) names: BTreeMap<String, Member>,
    /// Whether `+u` hid the crowd from the client when the list was made.
    pub(super) list_hides_crowd: bool,
    /// Whether anybody has left since the list started, in which case others may be in it twice.
    pub(super) left_meanwhile: bool,
}

/// A user in a room, as another one sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Member {
    pub(super) nick: String,
    pub(super) signs: Signs,
}

impl Member {
    pub(crate) const fn signs(&self) -> &Signs {
        &self.signs
    }
}

impl Room {
    /// Checks a list of names against what the client knows.
    pub(super) fn agrees_with(&self, names: &BTreeMap<String, Member>, has_all_signs: bool) -> Checked {
        let is_same = |(key, member): (&String, &Member)| {
            let known = self.members.get(key);
            known.is_some_and(|known| !has_all_signs || !self.ranks_known || known.signs == member.signs)
        };
        let agrees = self.members.len() == names.len() && names.iter().all(is_same);
        ensure(agrees, "membership", || {
            format!("{:?} by the list, {:?} by what happened", names.values(), self.members.values())
        })
    }

    /// Whether there may be members that the client does not know.
    pub(super) const fn may_lack_members(&self) -> bool {
        self.is_partial || !self.is_complete
    }

    /// Adds a member. Returns whoever the client knew by that name.
    pub(super) fn insert(&mut self, who: String, member: Member) -> Option<Member> {
        if !self.names.is_empty() {
            self.names.insert(who.clone(), member.clone());
        }
        self.members.insert(who, member)
    }

    /// Removes a member. Returns whoever the client knew by that name.
    pub(super) fn remove(&mut self, who: &str) -> Option<Member> {
        self.left_meanwhile = true;
        let listed = self.names.remove(who);
        self.members.remove(who).or(listed)
    }

    /// Gives a member a sign, or takes it away.
    pub(super) fn set_sign(&mut self, who: &str, sign: char, set: bool) {
        for member in [self.members.get_mut(who), self.names.get_mut(who)].into_iter().flatten() {
            member.signs.set(sign, set);
        }
    }

    /// The signs of a member, if they are known.
    pub(super) fn signs(&self, who: &str) -> Option<&Signs> {
        self.members.get(who).map(|member| &member.signs).filter(|_| self.ranks_known)
    }
}

/// The client-only tags in the form in which a line has them.
pub(super) fn client_only(message: &Message<'_>) -> String {
    let own = |piece: &&str| piece.starts_with('+');
    message.tags.as_str().split(';').filter(own).collect::<Vec<_>>().join(";")
}

pub(super) fn outside() -> Finding {
    Finding::new("outside", "the client is not in the room".to_owned())
}

/// Handles an event in one of the client's rooms.
fn hear(client: &mut Client, name: &str, event: &RoomEvent, scene: &mut Scene) -> Checked {
    let nick = client.folded_nick(scene);
    let reader = client.reader(&nick);
    let room = client.rooms.get_mut(name).ok_or_else(outside)?;
    let journal = scene.journals.entry(name.to_owned()).or_default();
    journal.hear(&mut room.at, event, reader)?;
    room.is_partial |= journal.crowd.hides_from(&nick);
    Ok(())
}

impl Client {
    /// Corrects the client's position after somebody else has received an event that comes before it.
    pub(crate) fn moves_along(&mut self, name: &str, inserted: usize, scene: &Scene) -> Checked {
        let nick = self.folded_nick(scene);
        let reader = self.reader(&nick);
        match (self.rooms.get_mut(name), scene.journals.get(name)) {
            (Some(room), Some(journal)) => journal.move_along(&mut room.at, inserted, reader),
            _ => Ok(()),
        }
    }
}

/// Handles that a user quits or changes their nick, which applies to every room where the client sees them.
fn hear_everywhere(
    client: &mut Client,
    who: &str,
    event: &RoomEvent,
    scene: &mut Scene,
) -> Checked<Vec<String>> {
    let nick = client.folded_nick(scene);
    let reader = client.reader(&nick);
    let mut rooms = Vec::new();
    for (name, room) in &mut client.rooms {
        let journal = scene.journals.entry(name.clone()).or_default();
        if room.may_lack_members() {
            journal.hear_if_shown(&mut room.at, event, reader)?;
        } else if room.members.contains_key(who) {
            journal.hear(&mut room.at, event, reader)?;
        } else {
            continue;
        }
        room.is_partial |= journal.crowd.hides_from(&nick);
        rooms.push(name.clone());
    }
    Ok(rooms)
}

/// Handles a message to members with certain ranks, such as `@#rust`. Only they get it, and it is never
/// stored.
pub(super) fn hear_status(
    client: &mut Client,
    message: &Message<'_>,
    labelled: bool,
    scene: &mut Scene,
) -> Checked {
    let target = message.param(0).unwrap_or_default();
    let (signs, name) = rank::status_target(target);
    let (name, text) = (scene.fold(name), message.param(1).unwrap_or_default());
    let seq = message.tags.get("msgid").and_then(|id| scene.store.ids.decode(&id));
    ensure(seq.is_none_or(|seq| !scene.store.has(seq)), "leak", || {
        format!("what was said to {target} is kept")
    })?;
    let me = client.folded_nick(scene);
    if scene.fold(message.source.map_or("", |source| source.name)) == me {
        client.needs(Capabilities::ECHO_MESSAGE)?;
        if let Some(current) = &mut client.current {
            current.hear_own(&scene.fold(target), text, labelled);
        }
        return Ok(());
    }
    let room = client.rooms.get(&name).ok_or_else(outside)?;
    let own = room.signs(&me);
    ensure(own.is_none_or(|own| signs.chars().any(|sign| rank::is_at_least(own, sign))), "leak", || {
        format!("{own:?} hears what was said to {target}")
    })
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
    let seq = message.tags.get("msgid").and_then(|id| scene.store.ids.decode(&id));
    // With +U, only some members may get it, and then it is not stored.
    let may_be_moderated =
        scene.journals.get(&name).is_some_and(|journal| journal.crowd.may_moderate(&sender));
    let is_unkept = !scene.settings.network.history || may_be_moderated;
    let is_later_line = seq.is_none() && (is_unkept || scene.store.goes_on(text));
    ensure(seq.is_some() == reads_tags || is_later_line, "msgid", || "the id is missing".to_owned())?;
    let tags = reads_tags.then(|| client_only(message));
    let mut event = RoomEvent::new(
        format!("{} {source} {text}", message.command),
        sender.clone(),
        if is_tags { Kind::Tagged } else { Kind::Said },
    );
    event.seq = seq;
    // A message that only some members get because of +U is not stored.
    let mut is_kept = true;
    if is_tags {
        ensure(reads_tags, "tags", || "TAGMSG without message-tags".to_owned())?;
        event.line.push_str(tags.as_deref().unwrap_or_default());
    } else if scene.settings.network.history {
        let time = message.tags.get("time").and_then(|time| time.parse().ok());
        let received =
            ReceivedMessage { verb: message.command, source: &source, room: &name, text, seq, time, tags };
        is_kept = !may_be_moderated || scene.store.count(&name, &source, text) > 0;
        if is_kept {
            event.seq = scene.store.confirm(&received)?.filter(|_| scene.texts_differ).or(seq);
        }
    }
    if sender == client.folded_nick(scene) && !client.muddled {
        client.needs(Capabilities::ECHO_MESSAGE)?;
        if let Some(current) = client.current.as_mut().filter(|_| is_kept) {
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
    entrance::may_speak(client, &name, (&sender, &source), scene)?;
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
        entrance::heard_by_member(client, &name, &who, scene)?;
        let room = client.rooms.get_mut(&name).ok_or_else(outside)?;
        let member = Member { nick: from.to_owned(), signs: Signs::default() };
        let known = room.insert(who, member);
        return ensure(known.is_none() || room.may_lack_members(), "membership", || {
            "a member joins".to_owned()
        });
    }
    ensure(!client.rooms.contains_key(&name), "membership", || "the client is in it already".to_owned())?;
    let moved_from = client.moving.take();
    match &moved_from {
        Some(old) => move_crowd(scene, old, &name),
        None => entrance::own(client, &name, (&who, &source), scene)?,
    }
    let journal = scene.journals.entry(name.clone()).or_default();
    let at = if moved_from.is_some() { journal.end() } else { journal.enter(event)? };
    let (is_partial, changes) = (journal.crowd.hides_from(&who), journal.crowd.changes());
    let joined = message.tags.get("msgid").and_then(|id| scene.store.ids.decode(&id));
    client.rooms.insert(name, Room { at, is_partial, joined, changes, ..Room::default() });
    Ok(())
}

/// Handles that the client has left a room, and checks that it missed nothing there.
pub(super) fn leave(client: &mut Client, name: &str, scene: &Scene) -> Checked<Room> {
    let room = client.rooms.remove(name).ok_or_else(outside)?;
    let nick = client.folded_nick(scene);
    if let Some(journal) = scene.journals.get(name) {
        journal.is_caught_up(room.at, client.reader(&nick))?;
    }
    Ok(room)
}

/// Handles PART, KICK, TOPIC, MODE of a room, and notices by the server in it.
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
    // Not every member is told the reason.
    let said = if message.command == "PART" { String::new() } else { rest.join(" ") };
    let line = format!("{} {source} {said}", message.command);
    let mut event = RoomEvent::new(line, subject.clone(), Kind::Plain);
    event.has_text = message.command == "PART" && !rest.is_empty();
    let letters = rest.first().copied().unwrap_or_default();
    let taken: Vec<_> = steps(letters, rest.iter().skip(1).copied()).flatten().collect();
    event.effect = match message.command {
        "MODE" => Effect::Modes(
            taken
                .iter()
                .map(|step| (step.set, step.mode, scene.fold(step.param.unwrap_or_default())))
                .collect(),
        ),
        "PART" | "KICK" => Effect::Leaves,
        _ => Effect::Nothing,
    };
    hear(client, &name, &event, scene)?;
    let me = client.folded_nick(scene);
    let who = scene.fold(from);
    if message.command == "TOPIC" {
        entrance::may_set_topic(&name, &who, scene)?;
    }
    let room = client.rooms.get_mut(&name).ok_or_else(outside)?;
    if message.command == "KICK" {
        let (own, other) = (room.signs(&who), room.signs(&subject));
        ensure(
            own.zip(other).is_none_or(|(own, other)| who == subject || rank::may_kick(own, other)),
            "rank",
            || format!("{own:?} puts {other:?} out"),
        )?;
    }
    match message.command {
        "MODE" => {
            for step in &taken {
                let target = scene.fold(step.param.unwrap_or_default());
                if let Some(own) = room.signs(&who) {
                    rank::may_change(own, step, who == target)?;
                }
                let Some(sign) = rank::sign_of(step.mode) else { continue };
                let is_high = rank::is_at_least(&Signs::of(&sign.to_string()), '@');
                room.was_raised |= step.set && target == me && is_high;
                if room.may_lack_members() && !room.members.contains_key(&target) {
                    // A member who was hidden becomes visible.
                    let nick = step.param.unwrap_or_default().to_owned();
                    room.insert(target.clone(), Member { nick, signs: Signs::default() });
                }
                room.set_sign(&target, sign, step.set);
            }
        }
        "TOPIC" => room.topic = message.param(1).unwrap_or_default().to_owned(),
        "PART" | "KICK" if subject == me => {
            client.rooms.remove(&name);
        }
        "PART" | "KICK" => {
            let known = room.remove(&subject);
            return ensure(known.is_some() || room.may_lack_members(), "membership", || {
                "no member leaves".to_owned()
            });
        }
        _ => {}
    }
    Ok(())
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
    let mut event = RoomEvent::new(format!("NICK {source} {new}"), old_key.clone(), Kind::Plain);
    event.effect = Effect::Renames(new_key.clone());
    let rooms = hear_everywhere(client, &old_key, &event, scene)?;
    ensure(is_me || !rooms.is_empty(), "outside", || "a nick of someone who shares no room".to_owned())?;
    for name in rooms {
        let room = client.rooms.get_mut(&name).ok_or_else(outside)?;
        let Some(before) = room.remove(&old_key) else { continue };
        let member = Member { nick: new.to_owned(), ..before };
        let known = room.insert(new_key.clone(), member);
        ensure(known.is_none() || room.may_lack_members(), "membership", || {
            "the nick of another member".to_owned()
        })?;
    }
    if is_me {
        let rest = client.source.split_once('!').map(|(_, rest)| rest.to_owned()).unwrap_or_default();
        client.source = format!("{new}!{rest}");
        client.nick = Some(new.to_owned());
        client.nicks.insert(new_key.clone());
        let invited: Vec<(String, String)> =
            scene.invited.iter().filter(|(_, nick)| *nick == old_key).cloned().collect();
        for (name, nick) in invited {
            scene.invited.remove(&(name.clone(), nick));
            scene.invited.insert((name, new_key.clone()));
        }
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
    // Not everyone is told the reason.
    let mut event = RoomEvent::new(format!("QUIT {source}"), who.clone(), Kind::Plain);
    event.effect = Effect::Leaves;
    let rooms = hear_everywhere(client, &who, &event, scene)?;
    ensure(!rooms.is_empty(), "outside", || "someone who shares no room".to_owned())?;
    for name in rooms {
        if let Some(room) = client.rooms.get_mut(&name) {
            room.remove(&who);
        }
    }
    Ok(())
}
