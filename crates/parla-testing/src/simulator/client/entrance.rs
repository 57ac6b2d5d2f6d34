//! What a room's modes permit, as its members see it: who enters, who speaks, and who sets the topic.

use parla_proto::{Message, mode::ChannelMode};

use super::{Client, Scene, room::outside};
use crate::simulator::{
    checkers::{Checked, ensure},
    doors::Doors,
};

fn doors<'a>(name: &str, scene: &'a Scene) -> Option<&'a Doors> {
    scene.journals.get(name).map(|journal| &journal.crowd.doors)
}

/// Whether somebody may enter whatever the modes say.
fn is_let_in(name: &str, who: &str, scene: &Scene) -> bool {
    scene.by_force || scene.invited.contains(&(name.to_owned(), who.to_owned()))
}

/// Checks that the client itself was allowed to enter.
pub(super) fn own(client: &Client, name: &str, (who, source): (&str, &str), scene: &mut Scene) -> Checked {
    if let Some(doors) = doors(name, scene).filter(|_| !is_let_in(name, who, scene)) {
        let why = doors.shut_out(source);
        ensure(why.is_none(), "doors", || {
            format!("{source} is let into {name}, and {}", why.unwrap_or_default())
        })?;
        let line = client.current.as_ref().map(|current| current.text()).unwrap_or_default();
        ensure(!doors.lacks_key(&line), "doors", || format!("{source} is let into {name} without its key"))?;
    }
    scene.entered.push((name.to_owned(), who.to_owned()));
    Ok(())
}

/// Checks that another user was allowed to enter, for a member who knows how many were there before.
pub(super) fn heard_by_member(client: &Client, name: &str, who: &str, scene: &Scene) -> Checked {
    let room = client.rooms.get(name).ok_or_else(outside)?;
    let is_full = doors(name, scene).is_some_and(|doors| doors.is_full(room.members.len()));
    let may = !is_full || room.may_lack_members() || is_let_in(name, who, scene);
    ensure(may, "doors", || format!("{who} is let into {name}, which is full"))
}

/// Checks that somebody was allowed to speak in one of the client's rooms.
pub(super) fn may_speak(client: &Client, name: &str, (who, source): (&str, &str), scene: &Scene) -> Checked {
    let (Some(room), Some(journal)) = (client.rooms.get(name), scene.journals.get(name)) else {
        return Ok(());
    };
    let doors = &journal.crowd.doors;
    let is_outside = !room.may_lack_members() && !room.members.contains_key(who);
    ensure(!(is_outside && doors.has(ChannelMode::NoExternal)), "silence", || {
        format!("{who} speaks in {name} from outside")
    })?;
    let why = doors.silence(source).filter(|_| is_outside || journal.crowd.is_below(who, '+'));
    ensure(why.is_none(), "silence", || format!("{who} speaks in {name}, and {}", why.unwrap_or_default()))
}

/// Checks that somebody was allowed to set a room's topic.
pub(super) fn may_set_topic(name: &str, who: &str, scene: &Scene) -> Checked {
    let crowd = scene.journals.get(name).map(|journal| &journal.crowd);
    let is_locked_out =
        crowd.is_some_and(|crowd| crowd.doors.has(ChannelMode::TopicLock) && crowd.is_below(who, '%'));
    ensure(!is_locked_out, "rank", || format!("{who} has no rank and sets the topic of {name}"))
}

/// Checks that the server reveals nothing about a secret room that the client is not in.
pub(super) fn is_no_secret(client: &Client, message: &Message<'_>, scene: &Scene) -> Checked {
    let last = message.params.last().copied().unwrap_or_default();
    let names: Vec<&str> = match message.command {
        "322" | "352" => message.param(1).into_iter().collect(),
        "353" => message.param(2).into_iter().collect(),
        "319" => last.split(' ').collect(),
        _ => return Ok(()),
    };
    for name in names {
        let name = scene.fold(crate::simulator::rank::status_target(name).1);
        let is_secret = doors(&name, scene).is_some_and(|doors| doors.has(ChannelMode::Secret));
        let may_know = client.was_operator || client.rooms.contains_key(&name);
        ensure(!is_secret || may_know, "leak", || {
            format!("{} is told of {name}, which is secret", client.name())
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use parla_server::{ConnectionId, Flags, Settings};

    use super::*;
    use crate::simulator::{
        client::room::{Member, Room},
        crowd::Effect,
        rank::Signs,
    };

    /// Alice has created a room and set these modes, and carol has entered.
    fn scene(modes: &[(ChannelMode, &str)]) -> Scene {
        let mut scene = Scene::new(Settings::named("a.b"));
        let crowd = &mut scene.journals.entry("#a".to_owned()).or_default().crowd;
        crowd.take("alice", &Effect::Enters);
        crowd.found("alice", &Signs::of("@"));
        crowd.is_new(Flags::from_letters("nt").unwrap());
        crowd.take("carol", &Effect::Enters);
        let steps = modes.iter().map(|(mode, param)| (true, *mode, (*param).to_owned())).collect();
        crowd.take("alice", &Effect::Modes(steps));
        scene
    }

    fn client(nick: &str, members: &[&str]) -> Client {
        let connection = ConnectionId::from_number(1);
        let mut client = Client::new(connection, (0, connection), true);
        client.nick = Some(nick.to_owned());
        if !members.is_empty() {
            let members = members.iter().map(|nick| ((*nick).to_owned(), Member::default())).collect();
            let room = Room { members, is_complete: true, ..Room::default() };
            client.rooms.insert("#a".to_owned(), room);
        }
        client
    }

    fn found(checked: Checked) -> Option<&'static str> {
        checked.err().map(|finding| finding.checker)
    }

    #[test]
    fn an_invitation_opens_every_door_once() {
        let mut scene = scene(&[(ChannelMode::InviteOnly, ""), (ChannelMode::Key, "key")]);
        let (bob, who) = (client("bob", &[]), ("bob", "bob!b@host"));
        assert_eq!(found(own(&bob, "#a", who, &mut scene)), Some("doors"));
        scene.invited.insert(("#a".to_owned(), "bob".to_owned()));
        // Whichever client is told of it first, the others are told because of the same invitation.
        assert_eq!(found(own(&bob, "#a", who, &mut scene)), None);
        assert_eq!(found(own(&bob, "#a", who, &mut scene)), None);
        scene.use_up_invitations();
        assert_eq!(found(own(&bob, "#a", who, &mut scene)), Some("doors"));
        scene.by_force = true;
        assert_eq!(found(own(&bob, "#a", who, &mut scene)), None);
    }

    #[test]
    fn a_word_is_asked_for_and_members_are_counted() {
        let mut scene = scene(&[(ChannelMode::Key, "key"), (ChannelMode::Limit, "2")]);
        let bob = client("bob", &[]);
        assert_eq!(found(own(&bob, "#a", ("bob", "bob!b@host"), &mut scene)), Some("doors"));
        scene.entered.clear();
        let alice = client("alice", &["alice", "carol"]);
        assert_eq!(found(heard_by_member(&alice, "#a", "bob", &scene)), Some("doors"));
        assert_eq!(found(heard_by_member(&client("alice", &["alice"]), "#a", "bob", &scene)), None);
    }

    #[test]
    fn who_may_not_speak_is_noticed() {
        let scene = scene(&[(ChannelMode::Ban, "carol!*@*")]);
        let alice = client("alice", &["alice", "carol"]);
        let hears = |who, source| found(may_speak(&alice, "#a", (who, source), &scene));
        assert_eq!(hears("alice", "alice!a@host"), None);
        assert_eq!(hears("carol", "carol!c@host"), Some("silence"));
        assert_eq!(hears("bob", "bob!b@host"), Some("silence"), "who is outside");
        assert_eq!(found(may_set_topic("#a", "carol", &scene)), Some("rank"));
        assert_eq!(found(may_set_topic("#a", "alice", &scene)), None);
    }

    #[test]
    fn nobody_outside_hears_of_a_secret_room() {
        let (secret, open) = (scene(&[(ChannelMode::Secret, "")]), scene(&[]));
        for (line, says_so) in [
            ("322 bob #a 2 :topic", true),
            ("353 bob = #a :@alice", true),
            ("319 bob alice :#b @#a", true),
            ("352 bob #a a host a.b alice H :0 x", true),
            ("322 bob #b 2 :topic", false),
        ] {
            let message = Message::parse(line.as_bytes()).unwrap();
            let told = |client: &Client, scene| found(is_no_secret(client, &message, scene));
            assert_eq!(told(&client("bob", &[]), &secret), says_so.then_some("leak"), "{line}");
            assert_eq!(told(&client("alice", &["alice"]), &secret), None, "{line}");
            assert_eq!(told(&client("bob", &[]), &open), None, "{line}");
        }
    }
}
