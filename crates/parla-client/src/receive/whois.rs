//! The answers to WHOIS: who someone is.

use std::sync::Arc;

use parla_proto::{Numeric, Timestamp};

use super::Incoming;
use crate::{
    client::Client,
    limits::ROOMS_IN_WHOIS_MAX,
    text::{Text, shown_name},
    view::{Person, Update},
};

/// Who may be asked about at once.
const ASKED_MAX: usize = 32;

/// Someone who was asked about.
#[derive(Debug)]
pub(crate) struct Asked {
    person: Person,
    /// Something was told of him.
    is_there: bool,
}

/// The person wants to know about someone.
pub(crate) fn ask(client: &mut Client, nick: &str) {
    if client.people.len() >= ASKED_MAX {
        client.people.pop_first();
    }
    let person = Person { nick: shown_name(nick), name: nick.into(), ..Person::default() };
    client.people.insert(client.session.fold(nick), Asked { person, is_there: false });
}

/// Whether the person wants to know about him.
pub(super) fn is_asked(client: &Client, nick: &str) -> bool {
    client.people.contains_key(&client.session.fold(nick))
}

/// Whether a numeric is a part of the answer to WHOIS.
pub(super) const fn is_part(numeric: Numeric) -> bool {
    matches!(
        numeric,
        Numeric::Away
            | Numeric::WhoisRegisteredNick
            | Numeric::WhoisUser
            | Numeric::WhoisServer
            | Numeric::WhoisOperator
            | Numeric::WhoisIdle
            | Numeric::WhoisChannels
            | Numeric::WhoisSpecial
            | Numeric::WhoisAccount
            | Numeric::WhoisBot
            | Numeric::WhoisActually
            | Numeric::WhoisHost
            | Numeric::WhoisModes
            | Numeric::WhoisSecure
    )
}

/// One numeric about `nick`.
pub(super) fn receive(client: &mut Client, numeric: Numeric, incoming: &Incoming<'_>) {
    let nick = incoming.param(1);
    let folded = client.session.fold(nick);
    let Some(Asked { person, is_there }) = client.people.get_mut(&folded) else { return };
    *is_there = true;
    match numeric {
        Numeric::WhoisUser => {
            person.nick = shown_name(nick);
            person.name = nick.into();
            person.host = shown_name(&format!("{}@{}", incoming.param(2), incoming.param(3)));
            person.realname = Text::parse(incoming.param(5)).plain;
            for buffer in client.buffers.iter_mut() {
                buffer.members.set_host(&client.session, nick, incoming.param(3));
            }
        }
        Numeric::WhoisOperator => person.operator = true,
        Numeric::WhoisBot => person.bot = true,
        Numeric::WhoisIdle => {
            person.idle_seconds = incoming.param(2).parse().ok();
            let since = incoming.param(3).parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(1000));
            person.since = since.map(Timestamp::from_millis);
        }
        Numeric::WhoisChannels => {
            let left = ROOMS_IN_WHOIS_MAX.saturating_sub(person.rooms.len());
            let rooms = incoming.param(2).split_ascii_whitespace().take(left);
            person.rooms.extend(rooms.map(Arc::from));
        }
        Numeric::WhoisAccount => person.account = Some(shown_name(incoming.param(2))),
        Numeric::Away => person.away = Some(Text::parse(incoming.param(2)).plain),
        _ => {}
    }
}

/// RPL_ENDOFWHOIS.
pub(super) fn end(client: &mut Client, nick: &str) {
    let folded = client.session.fold(nick);
    let Some(Asked { mut person, is_there }) = client.people.remove(&folded) else { return };
    person.complete = true;
    person.missing = !is_there;
    person.called = client.names.of(&client.session, nick);
    // Where he is now; what a conversation with him says may be old.
    if is_there
        && let Some(id) = client.buffers.direct(&client.session, nick)
        && let Some(buffer) = client.buffers.get_mut(id)
    {
        buffer.away = person.away.clone();
        client.changes.buffer(id);
    }
    client.changes.event(Update::Person(client.settings.network, Arc::new(person)));
}

/// ERR_NOSUCHNICK while someone was asked about. False if nobody was.
pub(super) fn missing(client: &mut Client, nick: &str) -> bool {
    let folded = client.session.fold(nick);
    let Some(Asked { mut person, .. }) = client.people.remove(&folded) else { return false };
    person.missing = true;
    person.complete = true;
    client.changes.event(Update::Person(client.settings.network, Arc::new(person)));
    true
}
