//! REDACT: who may delete a message in a room.

use parla_proto::{Message, Source};

use super::{Client, Scene};
use crate::simulator::{
    checkers::{Checked, ensure},
    rank,
};

/// Checks that the client was allowed to delete a message: because it is its own, because it has the rank for
/// it in the room, or because it was an operator of the server. If the client is not known to be in the room,
/// nothing can be said.
pub(super) fn check_may_delete(client: &Client, message: &Message<'_>, scene: &Scene) -> Checked {
    let seq = message.param(1).and_then(|id| scene.store.ids.decode(id));
    let Some(spoken) = seq.and_then(|seq| scene.store.message(seq)) else { return Ok(()) };
    let author = scene.fold(Source::parse(&spoken.source).name);
    let room = client.rooms.get(&scene.fold(message.param(0).unwrap_or_default()));
    let signs = room.and_then(|room| room.signs(&client.folded_nick(scene)));
    // Another client of the same person, under another nick, may have said it.
    let own = client.person.account.and_then(|own| scene.people.as_ref()?.told.account(own));
    let may = client.nicks.contains(&author)
        || own.is_some_and(|own| spoken.account.as_ref() == Some(&own.name))
        || client.may_be_operator(scene)
        || signs.is_none_or(|signs| rank::is_at_least(signs, '@'));
    ensure(may, "rank", || format!("{signs:?} takes back what {author} said"))
}

#[cfg(test)]
mod tests {
    use parla_proto::{ChannelName, Timestamp};
    use parla_server::{Change, ChannelId, ChannelState, ConnectionId, Flags, Settings, Spoken, Verb};

    use super::*;
    use crate::simulator::{
        client::room::{Member, Room},
        rank::Signs,
    };

    /// Bob's message in a room, as a change.
    fn said(scene: &Scene) -> Vec<Change> {
        let name = ChannelName::parse("#a", &scene.settings.network.name_rules()).unwrap();
        let state = ChannelState::new(ChannelId::from_number(1), name, Timestamp::default(), Flags::empty());
        let spoken = Spoken {
            seq: 2,
            at: Timestamp::default(),
            verb: Verb::Privmsg,
            source: "bob!b@host".to_owned(),
            account: None,
            conversation: Some(state.conversation()),
            target: "#a".to_owned(),
            text: "hello".to_owned(),
            tags: String::new(),
            cuts: Vec::new(),
            refers_to: None,
        };
        vec![Change::Channel(Box::new(state)), Change::Message(spoken.into())]
    }

    #[test]
    fn author_and_operators_may_delete() {
        let mut scene = Scene::new(Settings::named("a.b"));
        scene.store.write(said(&scene), &[]).unwrap();
        let line = format!(":alice!a@host REDACT #a {}", scene.store.ids.encode(2));
        let message = Message::parse(line.as_bytes()).unwrap();
        for (signs, was_bob, may) in
            [("", false, false), ("%", false, false), ("@", false, true), ("", true, true)]
        {
            let connection = ConnectionId::from_number(1);
            let mut alice = Client::new(connection, (0, connection), true);
            alice.nick = Some("alice".to_owned());
            let member = Member { nick: "alice".to_owned(), signs: Signs::of(signs) };
            let members = [("alice".to_owned(), member)].into();
            let room = Room { members, ranks_known: true, is_complete: true, ..Room::default() };
            alice.rooms.insert("#a".to_owned(), room);
            alice.nicks.extend(was_bob.then(|| "bob".to_owned()));
            assert_eq!(check_may_delete(&alice, &message, &scene).is_ok(), may, "{signs}");
        }
    }
}
