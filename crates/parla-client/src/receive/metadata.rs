//! METADATA: what people say of themselves. Of that only the display name is used.
//!
//! <https://ircv3.net/specs/extensions/metadata>, <https://github.com/ircv3/ircv3-specifications/pull/613>

use std::{sync::Arc, time::Duration};

use parla_proto::{Capabilities, Line, Timestamp};

use super::Incoming;
use crate::client::{Client, Turn};

const DISPLAY_NAME: &str = "display-name";
/// Questions that wait for their time.
const LATER_MAX: usize = 20;
/// The server is not waited for longer than this before it is asked again.
const LATER_SECONDS_MAX: u64 = 600;

/// Nobody is asked about sooner after the one before: many may come in at once.
const APART: Duration = Duration::from_secs(1);

/// What the server is to be asked, and when.
#[derive(Debug, Default)]
pub(crate) struct Later {
    waiting: Vec<(Timestamp, Question)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Question {
    /// All values of somebody or some room that the client subscribed to.
    Sync(Arc<str>),
    /// The name of somebody who has come in.
    Name(Arc<str>),
}

impl Later {
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.waiting.iter().map(|(at, _)| *at).min()
    }
}

const KNOWN: Capabilities = Capabilities::METADATA.union(Capabilities::METADATA_2);

fn is_known(client: &Client) -> bool {
    client.session.capabilities.intersects(KNOWN)
}

/// Tells the server what is of interest.
pub(crate) fn subscribe(client: &Client, turn: &mut Turn<'_>) {
    if is_known(client) {
        turn.send(Line::bare("METADATA").param("*").param("SUB").param(DISPLAY_NAME));
    }
}

/// Asks for what it is time to ask for.
pub(crate) fn ask_due(client: &mut Client, turn: &mut Turn<'_>) {
    let now = turn.now;
    let due: Vec<_> = client.metadata_later.waiting.extract_if(.., |(at, _)| *at <= now).collect();
    for (_, question) in due {
        let line = Line::bare("METADATA");
        turn.send(match question {
            Question::Sync(target) => line.param(target).param("SYNC"),
            Question::Name(nick) => line.param(nick).param("GET").param(DISPLAY_NAME),
        });
    }
}

/// Somebody has come in of whom nothing is known. Servers tell the values of those who are there already, and what changes.
pub(super) fn met(client: &mut Client, nick: &str, turn: &Turn<'_>) {
    let later = &mut client.metadata_later.waiting;
    let question = Question::Name(nick.into());
    let is_known = client.session.capabilities.intersects(KNOWN);
    if is_known && later.len() < LATER_MAX && !later.iter().any(|(_, other)| *other == question) {
        let last = later.iter().map(|(at, _)| *at).max();
        later.push((last.map_or(turn.now, |last| last.max(turn.now)) + APART, question));
    }
}

/// `METADATA <target> <key> <visibility> [:<value>]`.
pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>) {
    set(client, (incoming.param(0), incoming.param(1)), incoming.message.param(3));
}

/// RPL_KEYVALUE, RPL_KEYNOTSET and RPL_WHOISKEYVALUE.
pub(super) fn value(client: &mut Client, incoming: &Incoming<'_>, is_set: bool) {
    let value = incoming.message.param(4).filter(|_| is_set);
    set(client, (incoming.param(1), incoming.param(2)), value);
}

/// ERR_METADATASYNCLATER: the server has more to tell than it wants to tell now.
pub(super) fn later(client: &mut Client, incoming: &Incoming<'_>, turn: &Turn<'_>) {
    let target = incoming.param(1);
    let is_target =
        target == "*" || target == "*ALL" || client.buffers.room(&client.session, target).is_some();
    let question = Question::Sync(target.into());
    let is_waiting = client.metadata_later.waiting.iter().any(|(_, other)| *other == question);
    if is_known(client) && is_target && !is_waiting && client.metadata_later.waiting.len() < LATER_MAX {
        let seconds = incoming.param(2).parse::<u64>().unwrap_or(1).clamp(1, LATER_SECONDS_MAX);
        client.metadata_later.waiting.push((turn.now + Duration::from_secs(seconds), question));
    }
}

fn set(client: &mut Client, (nick, key): (&str, &str), value: Option<&str>) {
    if key != DISPLAY_NAME || !client.session.is_nick(nick) {
        return;
    }
    client.names.set(&client.session, nick, value);
    let called = client.names.of(&client.session, nick);
    for buffer in client.buffers.iter_mut() {
        if buffer.members.set_called(&client.session, nick, called.clone()) {
            client.changes.buffer(buffer.id);
        }
    }
}
