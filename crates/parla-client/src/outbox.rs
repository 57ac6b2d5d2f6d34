//! What the person has said and the server has not confirmed.
//!
//! A message leaves the outbox when the server shows that it has it: by its echo; where there are no echoes, by its answer to
//! a PING that was sent behind it; or by its place in the history after a lost connection. What was sent when the connection
//! broke may have arrived or not. Where there is a history it is looked up there before it is sent again; where there is none,
//! the person decides.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use parla_proto::{Capabilities, Line, Timestamp};

use crate::{
    client::{Client, Turn},
    limits::OUTBOX_MAX,
    problem::{Problem, ProblemKind},
    text::{Text, hue, shown_name},
    view::{BufferId, BufferKind, Content, Delivery, Manner, Row, RowId, Said},
};

/// So many messages may go out at once ...
const BURST: u32 = 8;
/// ... and then one in this time, so that no server takes the person for a flood.
const REFILL: Duration = Duration::from_millis(500);

/// Messages on their way, oldest first.
#[derive(Debug)]
pub(crate) struct Outbox {
    items: VecDeque<Outgoing>,
    allowance: u32,
    refilled_at: Timestamp,
    next_fence: u64,
}

#[derive(Debug)]
struct Outgoing {
    row: RowId,
    buffer: BufferId,
    manner: Manner,
    text: Arc<str>,
    transit: Transit,
}

/// Where a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Transit {
    /// Here.
    Queued,
    /// Sent on this connection.
    Sent { label: Option<String>, fence: Option<u64> },
    /// Sent on a connection that broke before the server confirmed it.
    Unsure,
    /// Refused, or given up; the person may try again.
    Failed,
}

/// How a message of one's own came back.
pub(crate) struct Echo<'a> {
    pub(crate) buffer: BufferId,
    pub(crate) manner: Manner,
    pub(crate) text: &'a str,
    pub(crate) label: Option<&'a str>,
    /// From the history behind the last known message, not as an answer of this connection.
    pub(crate) is_replayed: bool,
}

impl Outbox {
    pub(crate) const fn new(now: Timestamp) -> Self {
        Self { items: VecDeque::new(), allowance: BURST, refilled_at: now, next_fence: 0 }
    }

    /// What was sent may have arrived or not.
    pub(crate) fn connection_lost(&mut self) {
        for item in &mut self.items {
            if matches!(item.transit, Transit::Sent { .. }) {
                item.transit = Transit::Unsure;
            }
        }
        self.allowance = BURST;
    }

    /// The message that this echo confirms; it is in the outbox no more.
    pub(crate) fn take_echoed(&mut self, echo: &Echo<'_>) -> Option<RowId> {
        let position = match echo.label {
            Some(label) => self.items.iter().position(|item| item.has_label(label)),
            None => self.items.iter().position(|item| item.is_like(echo)),
        }?;
        self.items.remove(position).map(|item| item.row)
    }

    /// The message that was sent under this label.
    pub(crate) fn labelled(&self, label: &str) -> Option<(BufferId, RowId)> {
        self.items.iter().find(|item| item.has_label(label)).map(|item| (item.buffer, item.row))
    }

    /// The first message that was sent there on this connection and has no label.
    pub(crate) fn first_sent(&self, buffer: BufferId) -> Option<RowId> {
        let sent = |item: &&Outgoing| item.buffer == buffer && matches!(item.transit, Transit::Sent { .. });
        self.items.iter().find(sent).map(|item| item.row)
    }

    fn get_mut(&mut self, row: RowId) -> Option<&mut Outgoing> {
        self.items.iter_mut().find(|item| item.row == row)
    }

    fn forget(&mut self, row: RowId) {
        self.items.retain(|item| item.row != row);
    }

    fn is_full(&self) -> bool {
        self.items.len() >= OUTBOX_MAX
    }

    fn refill(&mut self, now: Timestamp) {
        let passed = now.since(self.refilled_at);
        let more = u32::try_from(passed.as_millis() / REFILL.as_millis()).unwrap_or(u32::MAX);
        if more > 0 {
            self.allowance = self.allowance.saturating_add(more).min(BURST);
            self.refilled_at = if self.allowance == BURST { now } else { self.refilled_at + REFILL * more };
        }
    }
}

impl Outgoing {
    fn has_label(&self, wanted: &str) -> bool {
        matches!(&self.transit, Transit::Sent { label: Some(label), .. } if label == wanted)
    }

    fn is_like(&self, echo: &Echo<'_>) -> bool {
        let fits = match self.transit {
            Transit::Sent { .. } => !echo.is_replayed,
            Transit::Unsure => true,
            Transit::Queued | Transit::Failed => false,
        };
        fits && self.buffer == echo.buffer && self.manner == echo.manner && *self.text == *echo.text
    }
}

/// Says something: shows it at once, and sends it as soon as that is possible.
pub(crate) fn say(client: &mut Client, to: BufferId, manner: Manner, text: &str, turn: &mut Turn<'_>) {
    if client.outbox.is_full() {
        return client.complain(Some(to), client.problem(ProblemKind::QueueFull, "", ""));
    }
    let row = client.buffers.row_id();
    let said = Said {
        manner,
        from: shown_name(&client.session.nick),
        hue: hue(&client.session.nick),
        text: Text::parse(text),
        own: true,
        mention: false,
        delivery: Delivery::Queued,
    };
    let Some(buffer) = client.buffers.get_mut(to) else { return };
    // Who answers has read.
    buffer.mark_read();
    buffer.divider = None;
    buffer.timeline.add_unconfirmed(Row { id: row, at: turn.now, content: Content::Said(Arc::new(said)) });
    client.outbox.items.push_back(Outgoing {
        row,
        buffer: to,
        manner,
        text: text.into(),
        transit: Transit::Queued,
    });
    client.changes.buffer(to);
    client.changes.memory = true;
}

/// Sends what can be sent now.
pub(crate) fn flush(client: &mut Client, turn: &mut Turn<'_>) {
    if !client.link.is_online() {
        return;
    }
    client.outbox.refill(turn.now);
    let ready = next_ready(client);
    if ready.is_empty() {
        return;
    }
    let fence = (!client.session.has(Capabilities::ECHO_MESSAGE)).then(|| {
        client.outbox.next_fence += 1;
        client.outbox.next_fence
    });
    for row in ready {
        send(client, row, fence, turn);
    }
    if let Some(fence) = fence {
        turn.send(Line::bare("PING").param(format_args!("{FENCE}{fence}")));
    }
}

/// What a PING behind messages says.
const FENCE: &str = "parla-sent-";

/// The messages that may go out now: in order, none before an earlier one of its conversation.
fn next_ready(client: &Client) -> Vec<RowId> {
    let mut held: Vec<BufferId> = Vec::new();
    let mut ready = Vec::new();
    for item in &client.outbox.items {
        if ready.len() >= client.outbox.allowance as usize {
            break;
        }
        let is_present = client.buffers.get(item.buffer).is_some_and(|buffer| buffer.is_present());
        match item.transit {
            Transit::Queued if is_present && !held.contains(&item.buffer) => ready.push(item.row),
            Transit::Queued | Transit::Unsure => held.push(item.buffer),
            Transit::Sent { .. } | Transit::Failed => {}
        }
    }
    ready
}

fn send(client: &mut Client, row: RowId, fence: Option<u64>, turn: &mut Turn<'_>) {
    let label = client.session.has(Capabilities::LABELED_RESPONSE).then(|| client.session.label());
    let Some(item) = client.outbox.get_mut(row) else { return };
    let Some(buffer) = client.buffers.get_mut(item.buffer) else { return };
    let line = match &label {
        Some(label) => Line::tagged(&format!("label={label}")),
        None => Line::tagged(""),
    };
    let command = if item.manner == Manner::Notice { "NOTICE" } else { "PRIVMSG" };
    let line = line.command(command).param(&buffer.name);
    let line = match item.manner {
        Manner::Action => line.text(format_args!("\u{1}ACTION {}\u{1}", item.text)),
        Manner::Message | Manner::Notice => line.text(&item.text),
    };
    item.transit = Transit::Sent { label, fence };
    let id = item.buffer;
    client.outbox.allowance = client.outbox.allowance.saturating_sub(1);
    set_delivery(buffer, row, Delivery::Sent);
    client.changes.buffer(id);
    turn.send(line);
}

fn set_delivery(buffer: &mut crate::buffer::Buffer, row: RowId, delivery: Delivery) {
    buffer.timeline.update(row, |row| {
        if let Content::Said(said) = &mut row.content {
            Arc::make_mut(said).delivery = delivery;
        }
    });
}

/// The server answered a PING: what was sent before it has been dealt with.
pub(crate) fn passed_fence(client: &mut Client, token: &str, turn: &mut Turn<'_>) {
    let Some(passed) = token.strip_prefix(FENCE).and_then(|number| number.parse::<u64>().ok()) else {
        return;
    };
    let is_through =
        |item: &Outgoing| matches!(item.transit, Transit::Sent { fence: Some(fence), .. } if fence <= passed);
    let through: Vec<(BufferId, RowId)> = client
        .outbox
        .items
        .iter()
        .filter(|item| is_through(item))
        .map(|item| (item.buffer, item.row))
        .collect();
    for (buffer, row) in through {
        client.outbox.forget(row);
        confirm(client, buffer, row, (turn.now, None));
    }
}

/// The server has the message: it takes its place among the others.
pub(crate) fn confirm(client: &mut Client, id: BufferId, row: RowId, (at, msgid): (Timestamp, Option<&str>)) {
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    let Some(mut row) = buffer.timeline.take_unconfirmed(row) else { return };
    row.at = at;
    if let Content::Said(said) = &mut row.content {
        Arc::make_mut(said).delivery = Delivery::Done;
    }
    buffer.timeline.insert(row, msgid);
    if client.look.buffer == Some(id) && client.look.at_end {
        buffer.mark_read();
    }
    client.changes.buffer(id);
}

/// The server refused the message.
pub(crate) fn fail(client: &mut Client, id: BufferId, row: RowId, problem: Problem) {
    if let Some(item) = client.outbox.get_mut(row) {
        item.transit = Transit::Failed;
    }
    if let Some(buffer) = client.buffers.get_mut(id) {
        set_delivery(buffer, row, Delivery::Failed(Arc::new(problem)));
        client.changes.buffer(id);
    }
}

/// What of a conversation may have arrived is known now (`is_known`: the rest did not) or will never be.
pub(crate) fn settle(client: &mut Client, id: BufferId, is_known: bool) {
    let unsure: Vec<RowId> = client
        .outbox
        .items
        .iter()
        .filter(|item| item.buffer == id && item.transit == Transit::Unsure)
        .map(|item| item.row)
        .collect();
    for row in unsure {
        if is_known {
            queue_again(client, id, row);
        } else {
            fail(client, id, row, client.problem(ProblemKind::MaybeLost, "", ""));
        }
    }
}

/// The person wants a failed message sent again.
pub(crate) fn queue_again(client: &mut Client, id: BufferId, row: RowId) {
    let Some(item) = client.outbox.get_mut(row) else { return };
    if matches!(item.transit, Transit::Failed | Transit::Unsure) {
        item.transit = Transit::Queued;
        if let Some(buffer) = client.buffers.get_mut(id) {
            set_delivery(buffer, row, Delivery::Queued);
        }
        client.changes.buffer(id);
    }
}

/// The person wants a message forgotten that was not sent, or failed.
pub(crate) fn discard(client: &mut Client, id: BufferId, row: RowId) {
    let can = client
        .outbox
        .get_mut(row)
        .is_some_and(|item| matches!(item.transit, Transit::Queued | Transit::Failed));
    if can {
        client.outbox.forget(row);
        if let Some(buffer) = client.buffers.get_mut(id) {
            buffer.timeline.take_unconfirmed(row);
        }
        client.changes.buffer(id);
    }
}

/// The conversation is over, and with it what was to be said there.
pub(crate) fn discard_all(client: &mut Client, id: BufferId) {
    client.outbox.items.retain(|item| item.buffer != id);
}

/// When the next message may go out, if one is held back only by the pace.
pub(crate) fn next_deadline(client: &Client) -> Option<Timestamp> {
    let is_held = client.link.is_online()
        && client.outbox.allowance == 0
        && client.outbox.items.iter().any(|item| item.transit == Transit::Queued);
    is_held.then(|| client.outbox.refilled_at + REFILL)
}

/// Direct conversations have no history that could tell what arrived.
pub(crate) fn settle_direct(client: &mut Client) {
    let direct: Vec<BufferId> = client
        .buffers
        .iter()
        .filter(|buffer| buffer.kind != BufferKind::Room)
        .map(|buffer| buffer.id)
        .collect();
    for id in direct {
        settle(client, id, false);
    }
}
