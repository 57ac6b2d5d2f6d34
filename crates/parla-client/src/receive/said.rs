//! Somebody said something: now, earlier, or long ago in the archive. The one place that puts messages into conversations.

use std::sync::Arc;

use parla_proto::{Message, Timestamp};

use super::{Incoming, keep, said_at};
use crate::{
    client::{Client, Turn},
    contract::Kept,
    outbox::{self, Echo},
    text::{Text, hue, shown_name},
    view::{Alert, BufferId, BufferKind, Content, Delivery, Manner, Row, Said, Update},
};

/// A message of a page of history.
pub(crate) struct Heard {
    pub(crate) at: Timestamp,
    /// It was not known.
    pub(crate) is_new: bool,
}

/// A message with everything that matters of its line.
pub(super) struct Spoken<'a> {
    pub(super) at: Timestamp,
    pub(super) msgid: Option<Arc<str>>,
    pub(super) label: Option<&'a str>,
    pub(super) from: &'a str,
    pub(super) source: String,
    pub(super) manner: Manner,
    pub(super) text: &'a str,
    pub(super) is_live: bool,
}

impl<'a> Spoken<'a> {
    /// None if it is a request to the program and not for people (CTCP).
    pub(super) fn new(incoming: &'a Incoming<'_>, is_live: bool) -> Option<Self> {
        let (manner, text) = manner(incoming.message.command, incoming.param(1))?;
        let msgid = incoming.message.tags.get("msgid").filter(|msgid| !msgid.is_empty());
        Some(Self {
            at: incoming.at,
            msgid: msgid.map(|msgid| parla_proto::line::fitting(&msgid, MSGID_BYTES_MAX).into()),
            label: incoming.label.as_deref(),
            from: incoming.from,
            source: incoming.message.source.map(|source| source.to_string()).unwrap_or_default(),
            manner,
            text,
            is_live,
        })
    }
}

/// Ids are short; a longer one is not kept whole.
const MSGID_BYTES_MAX: usize = 256;

/// How it was said, and the words; none for a request to the program.
fn manner<'a>(command: &str, text: &'a str) -> Option<(Manner, &'a str)> {
    let Some(ctcp) = text.strip_prefix('\u{1}') else {
        let manner = if command == "NOTICE" { Manner::Notice } else { Manner::Message };
        return Some((manner, text));
    };
    let ctcp = ctcp.strip_suffix('\u{1}').unwrap_or(ctcp);
    let action = ctcp.strip_prefix("ACTION ").or_else(|| (ctcp == "ACTION").then_some(""))?;
    Some((Manner::Action, action))
}

/// Puts a message into its conversation. False if it was there already.
pub(super) fn add(client: &mut Client, id: BufferId, spoken: &Spoken<'_>, turn: &mut Turn<'_>) -> bool {
    let own = client.session.is_own(spoken.from);
    if own && let Some(row) = echoed(client, id, spoken) {
        outbox::confirm(client, id, row, (spoken.at, spoken.msgid.as_deref()));
        keep(client, || kept(client, id, spoken, own), turn);
        return true;
    }
    let (text, names) = Text::parse_naming(spoken.text, &client.session.nick);
    let mention = names && !own && spoken.manner != Manner::Notice;
    let row = client.buffers.row_id();
    let said = Said {
        manner: spoken.manner,
        from: shown_name(spoken.from),
        hue: hue(spoken.from),
        text,
        own,
        mention,
        delivery: Delivery::Done,
    };
    let Some(buffer) = client.buffers.get_mut(id) else { return false };
    let is_for_person = mention || (buffer.kind == BufferKind::Direct && !own);
    if spoken.msgid.is_none() && !spoken.is_live && buffer.timeline.has_like(spoken.at, &said) {
        return false;
    }
    let plain = Arc::clone(&said.text.plain);
    let content = Content::Said(Arc::new(said));
    if !buffer.timeline.insert(Row { id: row, at: spoken.at, content }, spoken.msgid.as_deref()) {
        return false;
    }
    let is_seen = client.look.buffer == Some(id) && client.look.at_end && spoken.is_live;
    if is_seen {
        buffer.mark_read();
    } else if !own {
        buffer.count(row, spoken.at, is_for_person);
    }
    let is_unattended = client.look.buffer != Some(id);
    let room = (buffer.kind == BufferKind::Room).then(|| shown_name(&buffer.name));
    client.changes.buffer(id);
    client.changes.memory |= is_seen;
    if is_for_person && spoken.is_live && is_unattended {
        let alert = Alert { from: shown_name(spoken.from), room, text: plain };
        client.changes.event(Update::Alert(client.settings.network, id, alert));
    }
    keep(client, || kept(client, id, spoken, own), turn);
    true
}

/// The message of the outbox that this one is. Of a page of history it can only be one that was on its way when the
/// connection broke, and only in a page that was asked for to find out.
fn echoed(client: &mut Client, id: BufferId, spoken: &Spoken<'_>) -> Option<crate::view::RowId> {
    if !spoken.is_live && !client.requests.may_confirm(id) {
        return None;
    }
    if !spoken.is_live && spoken.msgid.as_ref().is_some_and(|msgid| client.knows(id, msgid)) {
        return None;
    }
    let echo = Echo {
        buffer: id,
        manner: spoken.manner,
        text: spoken.text,
        label: spoken.label,
        is_replayed: !spoken.is_live,
    };
    client.outbox.take_echoed(&echo)
}

fn kept(client: &Client, id: BufferId, spoken: &Spoken<'_>, own: bool) -> Kept {
    let buffer = client.buffers.get(id);
    Kept {
        kind: buffer.map_or(BufferKind::Server, |buffer| buffer.kind),
        buffer: buffer.map(|buffer| Arc::clone(&buffer.name)).unwrap_or_default(),
        msgid: spoken.msgid.clone(),
        at: spoken.at,
        source: spoken.source.as_str().into(),
        manner: spoken.manner,
        text: spoken.text.into(),
        own,
    }
}

/// A line of a page of history. None if it is no message.
pub(super) fn replayed(
    client: &mut Client,
    id: BufferId,
    message: &Message<'_>,
    turn: &mut Turn<'_>,
) -> Option<Heard> {
    if !matches!(message.command, "PRIVMSG" | "NOTICE") {
        return None;
    }
    let incoming = Incoming {
        message,
        at: said_at(message, turn.now),
        from: message.source.map_or("", |source| source.name),
        label: None,
    };
    let at = incoming.at;
    let is_new = Spoken::new(&incoming, false).is_some_and(|spoken| add(client, id, &spoken, turn));
    Some(Heard { at, is_new })
}

/// A message out of the archive. False if it was there already.
pub(crate) fn restore(client: &mut Client, id: BufferId, kept: &Kept) -> bool {
    let from = kept.source.split('!').next().unwrap_or_default();
    let (text, names) = Text::parse_naming(&kept.text, &client.session.nick);
    let row = client.buffers.row_id();
    let said = Said {
        manner: kept.manner,
        from: shown_name(from),
        hue: hue(from),
        text,
        own: kept.own,
        mention: names && !kept.own && kept.manner != Manner::Notice,
        delivery: Delivery::Done,
    };
    let Some(buffer) = client.buffers.get_mut(id) else { return false };
    if kept.msgid.is_none() && buffer.timeline.has_like(kept.at, &said) {
        return false;
    }
    let is_for_person = said.mention || (buffer.kind == BufferKind::Direct && !kept.own);
    let content = Content::Said(Arc::new(said));
    let is_new = buffer.timeline.insert(Row { id: row, at: kept.at, content }, kept.msgid.as_deref());
    // What was read is known only if something was.
    if is_new && !kept.own && buffer.read_until.is_some() {
        buffer.count(row, kept.at, is_for_person);
    }
    is_new
}
