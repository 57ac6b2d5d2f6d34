//! Somebody said something: now, earlier, or long ago in the archive. The one place that puts messages into conversations.

use std::sync::Arc;

use parla_proto::{Capabilities, Message, Timestamp};

use super::{Incoming, keep, react, redact, said_at};
use crate::{
    buffer::Buffer,
    client::{Client, Turn},
    contract::Kept,
    outbox::{self, Echo, Place},
    session::Session,
    text::{Text, shown_name},
    timeline::{Anchor, Spot},
    view::{Alert, Audience, BufferId, BufferKind, Content, Manner, Row, RowId, Said, Update},
};

/// A message of a page of history.
pub(crate) struct Heard {
    pub(crate) at: Timestamp,
    pub(crate) msgid: Option<Arc<str>>,
    /// Where it is.
    pub(crate) row: Option<RowId>,
    /// It was not known.
    pub(crate) is_new: bool,
}

impl Heard {
    pub(crate) fn anchor(&self) -> Anchor {
        Anchor { msgid: self.msgid.clone(), at: self.at }
    }
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
    /// For whom in the room it is, if not for all.
    pub(super) audience: Option<Audience>,
    /// The id of what it answers.
    pub(super) reply_to: Option<Arc<str>>,
    /// It says that a program speaks.
    pub(super) is_bot: bool,
    pub(super) is_live: bool,
    /// Where it stands among others of its time.
    pub(super) spot: Spot,
}

impl<'a> Spoken<'a> {
    /// None if it is a request to the program and not for people (CTCP).
    pub(super) fn new(session: &Session, incoming: &'a Incoming<'_>, is_live: bool) -> Option<Self> {
        let (manner, text) = manner(incoming.message.command, incoming.message.param(1)?)?;
        let msgid = incoming.message.tags.get("msgid").filter(|msgid| !msgid.is_empty());
        Some(Self {
            at: incoming.at,
            msgid: msgid.map(|msgid| parla_proto::line::fitting(&msgid, MSGID_BYTES_MAX).into()),
            label: incoming.label.as_deref(),
            from: incoming.from,
            source: incoming.message.source.map(|source| source.to_string()).unwrap_or_default(),
            manner,
            text,
            audience: session.audience(incoming.param(0)).and_then(|(_, audience)| audience),
            reply_to: react::replied_to(incoming),
            is_bot: incoming.message.tags.get("bot").is_some(),
            is_live,
            spot: Spot::AfterEquals,
        })
    }
}

impl Spoken<'_> {
    /// Where it stands in its conversation.
    fn placed_at(&self, buffer: &Buffer) -> Timestamp {
        if self.is_live { buffer.live_at(self.at) } else { self.at }
    }
}

/// Ids are short; a longer one is not kept whole.
pub(super) const MSGID_BYTES_MAX: usize = 256;

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

/// Puts a message into its conversation. None if it was there already.
pub(super) fn add(
    client: &mut Client,
    id: BufferId,
    spoken: &Spoken<'_>,
    turn: &mut Turn<'_>,
) -> Option<RowId> {
    let own = client.session.is_own(spoken.from);
    let at = client.buffers.get(id).map_or(spoken.at, |buffer| spoken.placed_at(buffer));
    if let Some((id, row)) = labelled(client, spoken) {
        return confirmed(client, (id, row), (spoken, at), turn);
    }
    let row = client.buffers.row_id();
    let (text, names) = Text::parse_naming(spoken.text, &client.session.nick, client.session.casemapping);
    let buffer = client.buffers.get_mut(id)?;
    let said = Said {
        own,
        bot: spoken.is_bot,
        mention: names && !own,
        called: client.names.of(&client.session, spoken.from),
        msgid: spoken.msgid.clone(),
        audience: spoken.audience,
        reply: spoken.reply_to.as_deref().map(|to| Arc::new(buffer.reply_to(to))),
        ..Said::new(spoken.manner, spoken.from, text)
    };
    if spoken.is_bot && buffer.members.set_bot(&client.session, spoken.from) {
        client.changes.buffer(id);
    }
    if buffer.timeline.has(&said, spoken.msgid.as_deref())
        || (!spoken.is_live && buffer.timeline.has_unnamed(at, &said))
        || (spoken.msgid.is_none() && !spoken.is_live && buffer.timeline.has_like(at, &said))
    {
        return None;
    }
    if let Some(row) = echoed(client, id, spoken) {
        return confirmed(client, (id, row), (spoken, at), turn);
    }
    let content = Content::Said(Arc::new(said.clone()));
    let placed = Row { id: row, at, content };
    let buffer = client.buffers.get_mut(id)?;
    if !buffer.timeline.insert_at(spoken.spot, placed, spoken.msgid.as_deref()) {
        return None;
    }
    buffer.has_come(row, &said);
    count(client, (id, row), &said, (spoken, at));
    keep(client, || kept(client, id, spoken, own), turn);
    Some(row)
}

/// A message that is new: it waits to be read, or is read already.
fn count(
    client: &mut Client,
    (id, row): (BufferId, RowId),
    said: &Said,
    (spoken, at): (&Spoken<'_>, Timestamp),
) {
    let is_in_view = client.look.buffer == Some(id) && client.look.at_end;
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    let is_for_person = said.mention || (buffer.kind == BufferKind::Direct && !said.own);
    // What is said in the moment up to which was read is new if it is said now, and known if it is replayed.
    let is_read = buffer.read_until.is_some_and(|read| at < read || (at == read && !spoken.is_live));
    let is_seen = is_read || (spoken.is_live && is_in_view);
    if said.own && spoken.is_live {
        // From another device: who answers has read.
        buffer.mark_read();
        client.changes.memory = true;
        client.markers.moved();
    } else if !said.own && !is_seen {
        buffer.count(row, at, is_for_person);
    }
    if !said.own {
        buffer.away_told = None;
        // Where nobody tells who is away, who speaks is back.
        if !client.session.has(Capabilities::AWAY_NOTIFY) {
            buffer.away = None;
        }
    }
    let room = (buffer.kind == BufferKind::Room).then(|| shown_name(&buffer.name));
    client.changes.buffer(id);
    if is_for_person && spoken.is_live && !is_read && client.look.buffer != Some(id) {
        let alert = Alert { from: Arc::clone(&said.from), room, text: Arc::clone(&said.text.plain), row };
        client.changes.event(Update::Alert(client.settings.network, id, alert));
    }
    if spoken.is_live {
        client.seen(id);
    }
}

/// A message of the outbox has come back.
fn confirmed(
    client: &mut Client,
    (id, row): (BufferId, RowId),
    (spoken, at): (&Spoken<'_>, Timestamp),
    turn: &mut Turn<'_>,
) -> Option<RowId> {
    if !outbox::confirm(client, (id, row), (spoken.spot, at), spoken.msgid.as_deref()) {
        return None;
    }
    keep(client, || kept(client, id, spoken, true), turn);
    Some(row)
}

/// The message that was sent under the label of this one.
fn labelled(client: &mut Client, spoken: &Spoken<'_>) -> Option<(BufferId, RowId)> {
    let label = spoken.label.filter(|_| client.session.is_own(spoken.from))?;
    client.outbox.take_labelled(label)
}

/// The message of the outbox that this one is. Of a page of history it can only be one that was on its way when the
/// connection broke, and only in a page that was asked for to find out.
fn echoed(client: &mut Client, id: BufferId, spoken: &Spoken<'_>) -> Option<RowId> {
    let place = match (spoken.is_live, client.requests.is_open_ended(id)) {
        (true, _) => Place::Live,
        (false, true) => Place::Anywhere(spoken.at),
        (false, false) => Place::Behind(spoken.at),
    };
    if place != Place::Live && !client.requests.may_confirm(id) {
        return None;
    }
    let Spoken { from, manner, text, audience, .. } = *spoken;
    let echo = Echo { buffer: id, from, manner, text, audience, msgid: spoken.msgid.as_deref(), place };
    client.outbox.take_echoed(&client.session, &echo)
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
        audience: spoken.audience,
    }
}

/// A line of a page of history, and the row of the message before it. None if it is no message.
pub(super) fn replayed(
    client: &mut Client,
    (id, before): (BufferId, Option<RowId>),
    message: &Message<'_>,
    turn: &mut Turn<'_>,
) -> Option<Heard> {
    let incoming = Incoming {
        message,
        at: said_at(message, turn.now),
        from: message.source.map_or("", |source| source.name),
        label: None,
    };
    let at = incoming.at;
    match message.command {
        "PRIVMSG" | "NOTICE" => {}
        "REDACT" => {
            redact::take_back(client, id, &incoming, turn);
            return None;
        }
        "TAGMSG" => {
            react::apply(client, id, &incoming);
            return None;
        }
        _ => return None,
    }
    let unheard = Heard { at, msgid: None, row: before, is_new: false };
    if react::is_all(client, id, &incoming) {
        return Some(unheard);
    }
    let Some(mut spoken) = Spoken::new(&client.session, &incoming, false) else { return Some(unheard) };
    spoken.spot = before.map_or(Spot::BeforeEquals, Spot::Behind);
    let added = add(client, id, &spoken, turn);
    let known = || client.buffers.get(id)?.timeline.row_of(spoken.msgid.as_deref()?);
    let row = added.or_else(known).or(before);
    Some(Heard { at, msgid: spoken.msgid, row, is_new: added.is_some() })
}

/// A message out of the archive, behind the one before it. Gives its row if it was not there already.
pub(crate) fn restore(
    client: &mut Client,
    (id, before): (BufferId, Option<RowId>),
    kept: &Kept,
) -> Option<RowId> {
    let from = kept.source.split('!').next().unwrap_or_default();
    let (text, names) = Text::parse_naming(&kept.text, &client.session.nick, client.session.casemapping);
    let row = client.buffers.row_id();
    let said = Said {
        own: kept.own,
        mention: names && !kept.own,
        msgid: kept.msgid.clone(),
        audience: kept.audience,
        ..Said::new(kept.manner, from, text)
    };
    let buffer = client.buffers.get_mut(id)?;
    if kept.msgid.is_none() && buffer.timeline.has_like(kept.at, &said) {
        return None;
    }
    let is_for_person = said.mention || (buffer.kind == BufferKind::Direct && !kept.own);
    let content = Content::Said(Arc::new(said.clone()));
    let spot = before.map_or(Spot::BeforeEquals, Spot::Behind);
    let placed = Row { id: row, at: kept.at, content };
    let is_new = buffer.timeline.insert_at(spot, placed, kept.msgid.as_deref());
    if is_new {
        buffer.has_come(row, &said);
    }
    // Of a room where nothing is known to be read, all of it may be old; of a person's messages none was seen.
    let is_unread = buffer.read_until.map_or(buffer.kind == BufferKind::Direct, |read| kept.at > read);
    if is_new && !kept.own && is_unread {
        buffer.count(row, kept.at, is_for_person);
    }
    is_new.then_some(row)
}
