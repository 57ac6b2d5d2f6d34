//! Somebody said something: now, earlier, or long ago in the archive. The one place that puts messages into conversations.

use std::sync::Arc;

use parla_proto::{Capabilities, CommandName, Message, Timestamp};

use super::{Incoming, MSGID_BYTES_MAX, react, redact};
use crate::{
    buffer::{Buffer, Coming},
    client::Client,
    contract::Kept,
    history::Heard,
    outbox::{Arrival, Echo, Place},
    secrets,
    session::Session,
    state::State,
    text::shown_name,
    timeline::{Neighbours, Spot},
    turn::Turn,
    view::{Alert, Audience, BufferId, BufferKind, Content, Gap, GapState, Manner, Row, RowId, Said, Update},
};

/// A message with everything that matters of its line.
pub(super) struct Spoken<'a> {
    pub(super) at: Timestamp,
    /// The server says so.
    pub(super) has_time: bool,
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
    pub(super) coming: Coming,
    /// Where it goes.
    pub(super) spot: Spot,
}

impl<'a> Spoken<'a> {
    /// None if it is a request to the program and not for people (CTCP).
    pub(super) fn new(session: &Session, incoming: &'a Incoming<'_>, coming: Coming) -> Option<Self> {
        let (manner, text) = manner(incoming.command, incoming.message.param(1)?)?;
        let msgid = incoming.message.tags.get("msgid").filter(|msgid| !msgid.is_empty());
        Some(Self {
            at: incoming.at,
            has_time: incoming.message.tags.get("time").is_some(),
            msgid: msgid.map(|msgid| parla_proto::line::fitting(&msgid, MSGID_BYTES_MAX).into()),
            label: incoming.label.as_deref(),
            from: incoming.from,
            source: incoming.message.source.map(|source| source.to_string()).unwrap_or_default(),
            manner,
            text,
            audience: session.audience(incoming.param(0)).and_then(|(_, audience)| audience),
            reply_to: react::replied_to(incoming),
            is_bot: incoming.message.tags.get("bot").is_some(),
            coming,
            spot: Spot::End,
        })
    }

    /// The row in which it is there already: under its id; without one, the same words of the same person at the same time.
    /// What is said now is said once more, unless it comes from before this connection.
    fn known(&self, buffer: &Buffer, said: &Said) -> Option<RowId> {
        let timeline = &buffer.timeline;
        if let Some(msgid) = self.msgid.as_deref().filter(|msgid| timeline.has(said, Some(msgid))) {
            return timeline.row_of(msgid);
        }
        let twin = match self.msgid {
            Some(_) => timeline.unnamed_twin(self.at, said),
            None => timeline.twin(self.at, said),
        };
        twin.filter(|row| self.coming != Coming::Live || (self.has_time && !timeline.is_live(*row)))
    }
}

/// How it was said, and the words; none for a request to the program.
fn manner(command: Option<CommandName>, text: &str) -> Option<(Manner, &str)> {
    let Some(ctcp) = text.strip_prefix('\u{1}') else {
        let manner = if command == Some(CommandName::Notice) { Manner::Notice } else { Manner::Message };
        return Some((manner, text));
    };
    let ctcp = ctcp.strip_suffix('\u{1}').unwrap_or(ctcp);
    let action = ctcp.strip_prefix("ACTION ").or_else(|| (ctcp == "ACTION").then_some(""))?;
    Some((Manner::Action, action))
}

/// What became of a message.
pub(super) enum Added {
    /// It is new, and has this row.
    New(RowId),
    /// It was there already.
    Known(RowId),
    /// There is no place for it.
    Nowhere,
}

/// Puts a message into its conversation.
pub(super) fn add(client: &mut Client, id: BufferId, spoken: &Spoken<'_>, turn: &mut Turn<'_>) -> Added {
    if let Some((id, row)) = labelled(client, spoken) {
        return confirmed(client, (id, row), spoken, turn);
    }
    let row = client.state.buffers.row_id_of(id, spoken.msgid.as_deref());
    let said = said(&client.state, id, spoken);
    let own = said.own;
    let Some(buffer) = client.state.buffers.get_mut(id) else { return Added::Nowhere };
    if spoken.is_bot && buffer.members.set_bot(&client.state.session, spoken.from) {
        client.state.changes.buffer(id);
    }
    if let Some(known) = spoken.known(buffer, &said) {
        return Added::Known(known);
    }
    if let Some(row) = echoed(client, id, spoken) {
        return confirmed(client, (id, row), spoken, turn);
    }
    let content = Content::Said(Arc::new(said.clone()));
    let placed = Row { id: row, at: spoken.at, content };
    let Some(buffer) = client.state.buffers.get_mut(id) else { return Added::Nowhere };
    if !buffer.timeline.insert_at(spoken.spot, placed, spoken.msgid.as_deref()) {
        return Added::Nowhere;
    }
    buffer.has_come(row, &said);
    count(&mut client.state, (id, row), &said, spoken);
    client.state.keep(|| kept(&client.state, id, spoken, own), turn);
    Added::New(row)
}

/// Whether the person said it. While they wait for their name, what was said under it before is theirs: by the connection
/// that was lost. Who has the name now may be somebody else.
fn is_own(state: &State, spoken: &Spoken<'_>) -> bool {
    let by_wanted = || state.regain.wanted().is_some_and(|nick| state.session.same(nick, spoken.from));
    state.session.is_own(spoken.from) || (spoken.coming != Coming::Live && by_wanted())
}

fn said(state: &State, id: BufferId, spoken: &Spoken<'_>) -> Said {
    let session = &state.session;
    let own = is_own(state, spoken);
    let buffer = state.buffers.get(id);
    let name = buffer.map(|buffer| Arc::clone(&buffer.name)).unwrap_or_default();
    let shown = if own { secrets::shown(&name, spoken.text) } else { spoken.text.into() };
    let (text, names) = state.parse_naming(&shown);
    let reply = spoken.reply_to.as_deref().and_then(|to| Some(Arc::new(buffer?.reply_to(to))));
    Said {
        own,
        bot: spoken.is_bot,
        mention: names && !own,
        called: state.names.of(session, spoken.from),
        msgid: spoken.msgid.clone(),
        audience: spoken.audience,
        reply,
        ..Said::new(spoken.manner, spoken.from, text)
    }
}

/// A message that is new: it waits to be read, or is read already.
fn count(state: &mut State, (id, row): (BufferId, RowId), said: &Said, spoken: &Spoken<'_>) {
    let is_live = spoken.coming == Coming::Live;
    let is_in_view = state.look.buffer == Some(id) && state.look.at_end;
    let Some(buffer) = state.buffers.get_mut(id) else { return };
    let is_for_person = said.mention || (buffer.kind == BufferKind::Direct && !said.own);
    let is_seen = is_live && is_in_view && buffer.unread == 0 && !buffer.is_awaited();
    if said.own && is_live {
        // From another device: who answers has read.
        buffer.mark_read();
        state.changes.memory = true;
        state.markers.moved();
    } else if !said.own && !is_seen && buffer.is_unread(row, spoken.at, spoken.coming) {
        buffer.count(row, is_for_person);
    }
    buffer.find_read(row, spoken.msgid.as_deref());
    if is_live && !said.own {
        buffer.away_told = None;
        // Where nobody tells who is away, who speaks is back.
        if !state.session.has(Capabilities::AWAY_NOTIFY) {
            buffer.away = None;
        }
    }
    let room = (buffer.kind == BufferKind::Room).then(|| shown_name(&buffer.name));
    state.changes.buffer(id);
    if is_for_person && is_live && state.look.buffer != Some(id) {
        let alert = Alert { from: Arc::clone(&said.from), room, text: Arc::clone(&said.text.plain), row };
        state.changes.event(Update::Alert(state.settings.network, id, alert));
    }
    if is_seen {
        state.seen(id);
    }
}

/// A message of the outbox has come back.
fn confirmed(
    client: &mut Client,
    (id, row): (BufferId, RowId),
    spoken: &Spoken<'_>,
    turn: &mut Turn<'_>,
) -> Added {
    let Spoken { spot, at, from, .. } = *spoken;
    let arrival = Arrival { spot, at, msgid: spoken.msgid.as_deref(), from: Some(from) };
    if !client.outbox.confirm(&mut client.state, (id, row), arrival) {
        return Added::Nowhere;
    }
    client.state.keep(|| kept(&client.state, id, spoken, true), turn);
    Added::New(row)
}

/// The message that was sent under the label of this one.
fn labelled(client: &mut Client, spoken: &Spoken<'_>) -> Option<(BufferId, RowId)> {
    let label = spoken.label.filter(|_| client.state.session.is_own(spoken.from))?;
    client.outbox.take_labelled(label)
}

/// The message of the outbox that this one is. Of a page of history it can only be one that was on its way when the
/// connection broke, and only in a page that was asked for to find out.
fn echoed(client: &mut Client, id: BufferId, spoken: &Spoken<'_>) -> Option<RowId> {
    let place = match (spoken.coming, client.history.is_open_ended(id)) {
        (Coming::Live, _) => Place::Live,
        (_, true) => Place::Anywhere(spoken.at),
        (_, false) => Place::Behind(spoken.at),
    };
    if place != Place::Live && !client.history.may_confirm(id) {
        return None;
    }
    let Spoken { from, manner, text, audience, spot, .. } = *spoken;
    let timeline = &client.state.buffers.get(id)?.timeline;
    let msgid = spoken.msgid.as_deref();
    let echo = Echo { buffer: id, from, manner, text, audience, msgid, place, timeline, spot };
    client.outbox.take_echoed(&client.state.session, &echo)
}

fn kept(state: &State, id: BufferId, spoken: &Spoken<'_>, own: bool) -> Kept {
    let buffer = state.buffers.get(id);
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

/// A message that was said long ago and is repeated without a batch: it follows the one that was repeated before it; the first
/// has nothing but its time to say where it goes.
pub(super) fn repeated(client: &mut Client, id: BufferId, mut spoken: Spoken<'_>, turn: &mut Turn<'_>) {
    let Some(buffer) = client.state.buffers.get(id) else { return };
    let before = buffer.repeated.filter(|row| buffer.timeline.contains(*row));
    spoken.coming = Coming::Repeated;
    spoken.spot = before.map_or_else(|| buffer.timeline.spot_by_time(spoken.at), Spot::Behind);
    let added = add(client, id, &spoken, turn);
    let Some(buffer) = client.state.buffers.get_mut(id) else { return };
    if let Added::New(row) | Added::Known(row) = added {
        buffer.repeated = buffer.timeline.later(before, Some(row));
    }
    if let Added::New(row) = added {
        narrow_gap(buffer, row, before.is_some());
    }
    played(&mut client.state, id, &added, spoken.at);
}

/// A message of the past came unasked.
fn played(state: &mut State, id: BufferId, added: &Added, at: Timestamp) {
    match added {
        Added::New(row) => {
            let gap = state.buffers.get_mut(id).and_then(|buffer| buffer.is_played(*row, at));
            if let Some((spot, gap)) = gap {
                state.add_gap((id, spot), gap);
            }
        }
        Added::Known(row) => {
            // What was said since the person is back says nothing of what was said before.
            if let Some(buffer) = state.buffers.get_mut(id).filter(|buffer| !buffer.timeline.is_live(*row)) {
                buffer.expect_no_playback();
            }
        }
        Added::Nowhere => {}
    }
}

/// What was taken to be lost is here: at least from this row on, or all of it if it follows a message that was repeated too.
fn narrow_gap(buffer: &mut Buffer, row: RowId, is_continued: bool) {
    let lost = |row: Option<&Row>| match row {
        Some(Row { id, content: Content::Gap(Gap { state: GapState::Lost, .. }), .. }) => Some(*id),
        _ => None,
    };
    let (before, after) = buffer.timeline.beside(row);
    let (before, after) = (lost(before), lost(after));
    if let Some(gap) = after.filter(|_| is_continued) {
        return buffer.timeline.remove(gap);
    }
    let at = buffer.timeline.row(row).map(|row| row.at);
    if let (Some(id), Some(at)) = (before, at) {
        buffer.timeline.update(id, |row| {
            if let Content::Gap(gap) = &mut row.content {
                gap.to = at;
            }
        });
    }
}

/// Lines of a page of history, each with the row in which it is known already.
pub(super) fn recognize(state: &State, id: BufferId, lines: &[Message<'_>]) -> Vec<Option<RowId>> {
    let Some(buffer) = state.buffers.get(id) else { return Vec::new() };
    let known = |message: &Message<'_>| {
        let incoming = Incoming::new(message, Timestamp::default());
        let spoken = spoken(&state.session, &incoming)?;
        spoken.known(buffer, &said(state, id, &spoken))
    };
    lines.iter().map(known).collect()
}

fn spoken<'a>(session: &Session, incoming: &'a Incoming<'_>) -> Option<Spoken<'a>> {
    let is_message = matches!(incoming.command, Some(CommandName::Privmsg | CommandName::Notice));
    if is_message { Spoken::new(session, incoming, Coming::Page) } else { None }
}

/// A line of a page of history between its neighbours there. None if it is no message.
pub(super) fn replayed(
    client: &mut Client,
    (id, neighbours): (BufferId, &Neighbours),
    message: &Message<'_>,
    turn: &mut Turn<'_>,
) -> Option<Heard> {
    let mut incoming = Incoming::new(message, turn.now);
    incoming.label = None;
    let at = incoming.at;
    match incoming.command {
        Some(CommandName::Privmsg | CommandName::Notice) => {}
        Some(CommandName::Redact) => {
            redact::take_back(&mut client.state, id, &incoming, turn);
            return None;
        }
        Some(CommandName::Tagmsg) => {
            react::apply(&mut client.state, id, &incoming);
            return None;
        }
        _ => return None,
    }
    let unheard = Heard { at, msgid: None, row: neighbours.before, is_new: false };
    if react::is_all(&mut client.state, id, &incoming) {
        return Some(unheard);
    }
    let Some(mut spoken) = spoken(&client.state.session, &incoming) else { return Some(unheard) };
    spoken.spot = neighbours.spot(&client.state.buffers.get(id)?.timeline);
    let added = add(client, id, &spoken, turn);
    played(&mut client.state, id, &added, spoken.at);
    let (row, is_new) = match added {
        Added::New(row) => (Some(row), true),
        Added::Known(row) => (Some(row), false),
        Added::Nowhere => (None, false),
    };
    Some(Heard { at, msgid: spoken.msgid, row, is_new })
}
