//! The answers to WHOIS: who someone is.

use std::sync::Arc;

use parla_proto::Timestamp;

use super::Incoming;
use crate::{
    client::Client,
    limits::ROOMS_IN_WHOIS_MAX,
    text::{Text, shown_name},
    view::{Person, Update},
};

/// Who may be asked about at once.
const ASKED_MAX: usize = 32;

/// One numeric about `nick`.
pub(super) fn receive(client: &mut Client, number: u16, incoming: &Incoming<'_>) {
    let nick = incoming.param(1);
    let folded = client.session.fold(nick);
    if !client.people.contains_key(&folded) && client.people.len() >= ASKED_MAX {
        return;
    }
    let person = client.people.entry(folded).or_insert_with(|| Person {
        nick: shown_name(nick),
        name: nick.into(),
        ..Person::default()
    });
    match number {
        311 => {
            person.host = shown_name(&format!("{}@{}", incoming.param(2), incoming.param(3)));
            person.realname = Text::parse(incoming.param(5)).plain;
        }
        313 => person.operator = true,
        317 => {
            person.idle_seconds = incoming.param(2).parse().ok();
            let since = incoming.param(3).parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(1000));
            person.since = since.map(Timestamp::from_millis);
        }
        319 => {
            let left = ROOMS_IN_WHOIS_MAX.saturating_sub(person.rooms.len());
            let rooms = incoming.param(2).split_ascii_whitespace().take(left);
            person.rooms.extend(rooms.map(Arc::from));
        }
        330 => person.account = Some(shown_name(incoming.param(2))),
        301 => person.away = Some(Text::parse(incoming.param(2)).plain),
        _ => {}
    }
}

/// RPL_ENDOFWHOIS.
pub(super) fn end(client: &mut Client, nick: &str) {
    let folded = client.session.fold(nick);
    let Some(mut person) = client.people.remove(&folded) else { return };
    person.complete = true;
    client.changes.event(Update::Person(client.settings.network, Arc::new(person)));
}

/// ERR_NOSUCHNICK while someone was asked about. False if nobody was.
pub(super) fn missing(client: &mut Client, nick: &str) -> bool {
    let folded = client.session.fold(nick);
    let Some(mut person) = client.people.remove(&folded) else { return false };
    person.missing = true;
    person.complete = true;
    client.changes.event(Update::Person(client.settings.network, Arc::new(person)));
    true
}
