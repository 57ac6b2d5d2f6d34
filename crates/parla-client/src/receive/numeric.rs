//! Numerics, by what they are about. Those that nobody here knows go to the server's own page.

use std::sync::Arc;

use parla_proto::Timestamp;

use super::{Incoming, away, invite, list, metadata, mode, names, refusal, who, whois};
use crate::{
    client::{Client, Turn},
    regain, registration, sign_in,
    text::{Text, shown_name},
    view::Topic,
};

pub(super) fn receive(client: &mut Client, number: u16, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    match number {
        1 => registration::welcome(client, incoming.message, turn),
        5 => registration::support(client, incoming.message),
        301 if !whois::is_asked(client, incoming.param(1)) => away::told(client, incoming),
        301 | 307 | 311 | 312 | 313 | 317 | 319 | 320 | 330 | 335 | 338 | 378 | 379 | 671 => {
            whois::receive(client, number, incoming);
        }
        305 | 306 => away::own(client, number == 306),
        318 => whois::end(client, incoming.param(1)),
        322 => list::receive(client, incoming, turn.now),
        263 => list::refused(client, incoming),
        323 => list::end(client),
        324 => mode::is(client, incoming, turn),
        346 | 348 | 367 | 728 => mode::listed(client, number, incoming),
        347 | 349 | 368 | 729 => mode::list_end(client, number, incoming),
        315 => who::end(client, incoming, turn),
        352 => who::receive(client, incoming),
        331 | 332 => topic(client, incoming, number == 332),
        333 => topic_by(client, incoming),
        341 => invite::done(client, incoming),
        353 => names::receive(client, incoming),
        376 | 422 => {
            registration::greeted(client, turn);
        }
        // The ends of lists, the numbers of users, when a room was made: said elsewhere or by nobody.
        2..=4 | 251..=255 | 265 | 266 | 321 | 329 | 366 | 375 => {}
        760 | 761 => metadata::value(client, incoming, true),
        766 => metadata::value(client, incoming, false),
        774 => metadata::later(client, incoming, turn),
        770..=772 => {}
        902 | 904..=906 => {
            let details = incoming.message.params.last().copied().unwrap_or_default();
            if !sign_in::failed(client, number, details, turn) {
                note(client, incoming);
            }
        }
        903 | 907 => sign_in::succeeded(client, turn),
        908 => sign_in::listed(client, incoming.param(1)),
        396 => host(client, incoming),
        730 | 732 | 733 => {}
        731 => offline(client, incoming),
        734 => client.regain.cannot_watch(turn.now),
        // Of those, 707 and 716 refuse a message, 696 the word of a mode, and 723 what only those who run the server may.
        400..=599 | 696 | 707 | 716 | 723 => refusal::receive(client, number, incoming, turn),
        _ => note(client, incoming),
    }
}

/// What nobody here understands is for the person to read.
pub(super) fn note(client: &mut Client, incoming: &Incoming<'_>) {
    let words: Vec<&str> = incoming.message.params.iter().skip(1).copied().collect();
    client.note_server(incoming.at, None, &words.join(" "));
}

/// RPL_VISIBLEHOST: one's own host, or `user@host`.
fn host(client: &mut Client, incoming: &Incoming<'_>) {
    let told = incoming.param(1);
    if told.contains('@') {
        client.session.userhost = Some(told.to_owned());
    } else if let Some((user, _)) = client.session.userhost.as_deref().and_then(|it| it.split_once('@')) {
        client.session.userhost = Some(format!("{user}@{told}"));
    }
    note(client, incoming);
}

/// RPL_MONOFFLINE: people who are not there, or no longer.
fn offline(client: &mut Client, incoming: &Incoming<'_>) {
    for who in incoming.param(1).split(',') {
        regain::freed(client, who.split('!').next().unwrap_or(who));
    }
}

/// RPL_TOPIC and RPL_NOTOPIC.
fn topic(client: &mut Client, incoming: &Incoming<'_>, is_set: bool) {
    let Some(id) = client.buffers.room(&client.session, incoming.param(1)) else { return };
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    buffer.topic =
        is_set.then(|| Arc::new(Topic { text: Text::parse(incoming.param(2)), by: None, at: None }));
    client.changes.buffer(id);
}

/// RPL_TOPICWHOTIME.
fn topic_by(client: &mut Client, incoming: &Incoming<'_>) {
    let Some(id) = client.buffers.room(&client.session, incoming.param(1)) else { return };
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    if let Some(topic) = &mut buffer.topic {
        let seconds = incoming.param(3).parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(1000));
        let topic = Arc::make_mut(topic);
        topic.by = Some(shown_name(incoming.param(2).split('!').next().unwrap_or_default()));
        topic.at = seconds.map(Timestamp::from_millis);
    }
    client.changes.buffer(id);
}
