//! The answers to WHOIS: who someone is.

use std::sync::Arc;

use parla_proto::{Numeric, Timestamp};

use super::Incoming;
use crate::{
    limits::ROOMS_IN_WHOIS_MAX,
    people::Asked,
    state::State,
    text::{Text, shown_name},
    view::Update,
};

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
pub(super) fn receive(state: &mut State, numeric: Numeric, incoming: &Incoming<'_>) {
    let nick = incoming.param(1);
    let Some(Asked { person, is_there }) = state.people.get_mut(&state.session, nick) else { return };
    *is_there = true;
    match numeric {
        Numeric::WhoisUser => {
            person.nick = shown_name(nick);
            person.name = nick.into();
            person.host = shown_name(&format!("{}@{}", incoming.param(2), incoming.param(3)));
            person.realname = Text::parse(incoming.param(5)).plain;
            for buffer in state.buffers.iter_mut() {
                buffer.members.set_host(&state.session, nick, incoming.param(3));
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
pub(super) fn end(state: &mut State, nick: &str) {
    let Some(Asked { mut person, is_there }) = state.people.take(&state.session, nick) else { return };
    person.complete = true;
    person.missing = !is_there;
    person.called = state.names.of(&state.session, nick);
    // Where he is now; what a conversation with him says may be old.
    if is_there
        && let Some(id) = state.buffers.direct(&state.session, nick)
        && let Some(buffer) = state.buffers.get_mut(id)
    {
        buffer.away = person.away.clone();
        state.changes.buffer(id);
    }
    state.changes.event(Update::Person(state.settings.network, Arc::new(person)));
}

/// ERR_NOSUCHNICK while someone was asked about. False if nobody was.
pub(super) fn missing(state: &mut State, nick: &str) -> bool {
    let Some(Asked { mut person, .. }) = state.people.take(&state.session, nick) else { return false };
    person.missing = true;
    person.complete = true;
    state.changes.event(Update::Person(state.settings.network, Arc::new(person)));
    true
}
