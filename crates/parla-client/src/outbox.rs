//! Messages that the person has sent and the server has not confirmed.
//!
//! A message leaves the outbox when the server shows that it has it: by its echo; where there are no echoes,
//! by the answer to a PING that was sent after it; or by its place in the history after a lost connection.
//! Whatever was sent when the connection broke may have arrived or not. Where there is a history, we look
//! there before sending it again; where there is none, the person decides.

mod arrival;
mod fate;
mod ghost;
mod sending;
mod stored;

use std::{collections::VecDeque, sync::Arc, time::Duration};

use parla_proto::{Capabilities, Line, Timestamp};

use crate::{
    buffer::{Buffer, Look},
    buffers::Buffers,
    history::Coverage,
    incoming::Incoming,
    limits::OUTBOX_MAX,
    problem::ProblemKind,
    received::{Received, Sighting},
    secrets,
    session::Session,
    text::Text,
    timeline::{Anchor, Timeline},
    turn::Turn,
    view::{Audience, BufferId, Content, Delivery, Manner, MessageView, Row, RowId},
};

pub(crate) use self::{arrival::Arrival, sending::capacity};
use self::{ghost::Ghost, sending::Departure};

/// The number of messages that may be sent at once.
const BURST: u32 = 8;
/// The interval at which one more may be sent after that, so that no server takes the person for a flood.
const REFILL: Duration = Duration::from_millis(500);

/// The start of the parameter of a PING that is sent after messages.
const FENCE: &str = "parla-sent-";

/// The messages that are waiting or on their way, oldest first.
#[derive(Debug)]
pub(crate) struct Outbox {
    items: VecDeque<Outgoing>,
    allowance: u32,
    refilled_at: Timestamp,
    next_fence: u64,
    /// The number of the next message; numbers are never reused.
    next_number: u64,
    /// The numbers of messages that have left the outbox and that the shell has not been told of.
    gone: Vec<u64>,
}

#[derive(Clone, Debug)]
struct Outgoing {
    /// The number under which it is stored.
    number: u64,
    row: RowId,
    buffer: BufferId,
    manner: Manner,
    /// The text; lines are separated by line feeds.
    text: Arc<str>,
    audience: Option<Audience>,
    /// When it was written.
    at: Timestamp,
    transit: Transit,
    /// The nick under which it was sent; after a lost connection the person may have another.
    nick: Arc<str>,
    /// The `nick!user@host` under which it was sent, as far as it was known.
    source: Arc<str>,
    /// The newest message that was known in the conversation before this one was sent, or when the connection
    /// broke on which it was sent.
    after: Option<Anchor>,
    /// When the person had joined the channel before sending it.
    joined_at: Option<Timestamp>,
    /// Whether the connection on which it was sent may still deliver it.
    ghost: Ghost,
    /// Whether the shell has stored its current state.
    is_stored: bool,
}

/// The state of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Transit {
    /// Waiting to be sent.
    Queued,
    /// Sent on this connection.
    Sent { label: Option<String>, fence: Option<u64> },
    /// Sent on a connection that broke before the server confirmed the message.
    Unsure,
    /// Refused or given up for this reason; the person may try again.
    Failed(ProblemKind),
}

/// The content of a message that the person sends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MessageBody<'a> {
    pub(crate) manner: Manner,
    pub(crate) text: &'a str,
    /// The members it is for, if not for all.
    pub(crate) audience: Option<Audience>,
}

/// A message of the outbox: its conversation and its row there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OwnMessage {
    pub(crate) buffer: BufferId,
    pub(crate) row: RowId,
}

impl Outbox {
    pub(crate) const fn new(now: Timestamp) -> Self {
        Self {
            items: VecDeque::new(),
            allowance: BURST,
            refilled_at: now,
            next_fence: 0,
            next_number: 0,
            gone: Vec::new(),
        }
    }

    /// The connection was lost. Sent messages may have arrived or not; if one has, it comes after everything
    /// that came back on this connection.
    pub(crate) fn connection_lost(&mut self, buffers: &Buffers, now: Timestamp) {
        for item in &mut self.items {
            item.ghost = Ghost::Unknown;
            if matches!(item.transit, Transit::Sent { .. }) {
                item.transit = Transit::Unsure;
                item.after = buffers.get(item.buffer).and_then(Buffer::newest).or(item.after.take());
                item.is_stored = false;
            }
        }
        self.allowance = BURST;
        self.refilled_at = now;
    }

    /// Removes the message that was sent with the label of this one, and returns it.
    pub(crate) fn take_labelled(&mut self, session: &Session, received: &Received<'_>) -> Option<OwnMessage> {
        let label = received.label.filter(|_| session.is_own(received.from))?;
        let position = self.items.iter().position(|item| item.has_label(label))?;
        self.remove(position).map(|item| item.own_message())
    }

    /// Removes the message that this one turns out to be, and returns it.
    pub(crate) fn take_seen(
        &mut self,
        session: &Session,
        sighting: Sighting,
        buffer: &Buffer,
        received: &Received<'_>,
    ) -> Option<OwnMessage> {
        let is_it = |item: &Outgoing| {
            item.buffer == buffer.id()
                && item.says_the_same(received)
                && item.may_be_seen(session, sighting, buffer.timeline(), received)
        };
        let position = self.items.iter().position(is_it)?;
        self.remove(position).map(|item| item.own_message())
    }

    /// The number for a new message.
    const fn take_number(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number - 1
    }

    /// Gives new numbers to all messages from this position on, so that they are the newest, in their order.
    fn renumber_from(&mut self, position: usize) {
        for index in position..self.items.len() {
            let number = self.take_number();
            if let Some(item) = self.items.get_mut(index) {
                self.gone.push(std::mem::replace(&mut item.number, number));
                item.is_stored = false;
            }
        }
    }

    fn remove(&mut self, position: usize) -> Option<Outgoing> {
        let item = self.items.remove(position)?;
        self.gone.push(item.number);
        Some(item)
    }

    /// The message that was sent with the label of this line.
    pub(crate) fn labelled(&self, incoming: &Incoming<'_>) -> Option<OwnMessage> {
        let label = incoming.label.as_deref()?;
        self.items.iter().find(|item| item.has_label(label)).map(Outgoing::own_message)
    }

    /// The message to this channel that a line refuses, if we still know which one it is.
    pub(crate) fn refused(&self, buffer: BufferId, incoming: &Incoming<'_>) -> Option<OwnMessage> {
        self.labelled(incoming).or_else(|| self.first_sent(buffer))
    }

    /// The first unconfirmed message that was sent to this conversation on this connection.
    pub(crate) fn first_sent(&self, buffer: BufferId) -> Option<OwnMessage> {
        let sent = |item: &&Outgoing| item.buffer == buffer && matches!(item.transit, Transit::Sent { .. });
        self.items.iter().find(sent).map(Outgoing::own_message)
    }

    /// The text of a message as it is sent.
    pub(crate) fn text(&self, message: OwnMessage) -> Option<&str> {
        self.items.iter().find(|item| item.row == message.row).map(|item| &*item.text)
    }

    /// The conversation of the first unconfirmed message of several lines.
    pub(crate) fn sent_in_lines(&self) -> Option<BufferId> {
        let is_it =
            |item: &&Outgoing| matches!(item.transit, Transit::Sent { .. }) && item.text.contains('\n');
        self.items.iter().find(is_it).map(|item| item.buffer)
    }

    /// The messages of a conversation that wait to be sent.
    fn queued(&self, buffer: BufferId) -> Vec<RowId> {
        let queued = self.items.iter();
        let queued = queued.filter(|item| item.buffer == buffer && item.transit == Transit::Queued);
        queued.map(|item| item.row).collect()
    }

    fn get_mut(&mut self, row: RowId) -> Option<&mut Outgoing> {
        self.items.iter_mut().find(|item| item.row == row)
    }

    fn forget(&mut self, row: RowId) {
        self.forget_all(|item| item.row == row);
    }

    fn forget_all(&mut self, is_it: impl Fn(&Outgoing) -> bool) {
        let gone = self.items.iter().filter(|item| is_it(item)).map(|item| item.number);
        self.gone.extend(gone);
        self.items.retain(|item| !is_it(item));
    }

    /// A message has its place. Messages with the same text that were sent after it must be looked for after
    /// it, and not be mistaken for it.
    fn stands_before_equals(&mut self, buffer: BufferId, text: &str, anchor: &Anchor) {
        for item in self.items.iter_mut().filter(|item| item.buffer == buffer) {
            let is_sent = matches!(item.transit, Transit::Sent { .. } | Transit::Unsure);
            if is_sent && Text::parse(&item.text).plain.trim_end() == text.trim_end() {
                item.after = Some(anchor.clone());
                item.is_stored = false;
            }
        }
    }

    /// The conversation has another name, under which its messages must be stored.
    pub(crate) fn renamed(&mut self, buffer: BufferId) {
        for item in self.items.iter_mut().filter(|item| item.buffer == buffer) {
            item.is_stored = false;
        }
    }

    /// Whether there is room for this many more messages.
    pub(crate) fn has_room_for(&self, count: usize) -> bool {
        self.items.len() + count <= OUTBOX_MAX
    }

    fn refill(&mut self, now: Timestamp) {
        // A clock that was set back must not block the person.
        self.refilled_at = self.refilled_at.min(now);
        let passed = now.since(self.refilled_at);
        let more = u32::try_from(passed.as_millis() / REFILL.as_millis()).unwrap_or(u32::MAX);
        if more > 0 {
            self.allowance = self.allowance.saturating_add(more).min(BURST);
            self.refilled_at = if self.allowance == BURST { now } else { self.refilled_at + REFILL * more };
        }
    }

    /// Shows a message at once, and sends it as soon as possible.
    pub(crate) fn say(
        &mut self,
        buffer: &mut Buffer,
        session: &Session,
        body: MessageBody<'_>,
        now: Timestamp,
    ) {
        let Made { outgoing, row } = self.made(buffer, session, body, now);
        buffer.answered();
        buffer.timeline_mut().add_unconfirmed(row);
        self.items.push_back(outgoing);
    }

    /// Creates a message that has not been sent.
    fn made(
        &mut self,
        buffer: &mut Buffer,
        session: &Session,
        body: MessageBody<'_>,
        now: Timestamp,
    ) -> Made {
        let shown = secrets::shown(buffer.name(), body.text);
        let message = MessageView {
            delivery: Delivery::Queued,
            audience: body.audience,
            ..MessageView::by(session.author(), body.manner, Text::parse(&shown))
        };
        let outgoing = Outgoing {
            number: self.take_number(),
            row: buffer.row_id(),
            buffer: buffer.id(),
            manner: body.manner,
            text: body.text.into(),
            audience: body.audience,
            at: now,
            transit: Transit::Queued,
            nick: Arc::default(),
            source: Arc::default(),
            after: None,
            joined_at: None,
            ghost: Ghost::Unknown,
            is_stored: false,
        };
        let row = Row { id: outgoing.row, at: now, content: Content::Message(Arc::new(message)) };
        Made { outgoing, row }
    }

    /// Sends what can be sent now. Returns whether there was anything.
    pub(crate) fn flush(
        &mut self,
        buffers: &mut Buffers,
        session: &mut Session,
        turn: &mut Turn<'_>,
    ) -> bool {
        if !session.is_registered() {
            return false;
        }
        self.refill(turn.now);
        let mut ready = self.next_ready(buffers);
        if self.break_up(buffers, session, &ready, turn) {
            ready = self.next_ready(buffers);
        }
        if ready.is_empty() {
            return false;
        }
        let fence = (!session.has(Capabilities::ECHO_MESSAGE)).then(|| {
            self.next_fence += 1;
            self.next_fence
        });
        for row in ready {
            self.send(buffers, session, Departure { row, fence }, turn);
        }
        if let Some(fence) = fence {
            turn.send(Line::bare("PING").param(format_args!("{FENCE}{fence}")));
        }
        true
    }

    /// The messages that may be sent now, in order: none before an earlier one of its conversation.
    fn next_ready(&self, buffers: &Buffers) -> Vec<RowId> {
        let mut held: Vec<BufferId> = Vec::new();
        let mut ready = Vec::new();
        for item in &self.items {
            if ready.len() >= self.allowance as usize {
                break;
            }
            let is_present = buffers.get(item.buffer).is_some_and(Buffer::is_present);
            match item.transit {
                Transit::Queued if is_present && !held.contains(&item.buffer) => ready.push(item.row),
                Transit::Queued | Transit::Unsure => held.push(item.buffer),
                Transit::Sent { .. } | Transit::Failed(_) => {}
            }
        }
        ready
    }

    /// When the next message may be sent if only the pace holds it back, or when the wait for one ends.
    pub(crate) fn next_deadline(&self, session: &Session) -> Option<Timestamp> {
        let is_held = session.is_registered()
            && self.allowance == 0
            && self.items.iter().any(|item| item.transit == Transit::Queued);
        let by_pace = is_held.then(|| self.refilled_at + REFILL);
        by_pace.into_iter().chain(self.ghosts_wait_until()).min()
    }
}

/// A new message that has not been sent, and its row.
struct Made {
    outgoing: Outgoing,
    row: Row,
}

impl Outgoing {
    const fn own_message(&self) -> OwnMessage {
        OwnMessage { buffer: self.buffer, row: self.row }
    }

    fn has_label(&self, wanted: &str) -> bool {
        matches!(&self.transit, Transit::Sent { label: Some(label), .. } if label == wanted)
    }

    /// Whether a message has the same text and the same recipients.
    fn says_the_same(&self, received: &Received<'_>) -> bool {
        // Some servers cut off spaces at the end.
        let is_same_text = || self.text.trim_end() == received.text.trim_end();
        self.manner == received.manner && self.audience == received.audience && is_same_text()
    }

    /// Whether it may be the message that was seen.
    fn may_be_seen(
        &self,
        session: &Session,
        sighting: Sighting,
        timeline: &Timeline,
        received: &Received<'_>,
    ) -> bool {
        match (&self.transit, sighting) {
            (Transit::Sent { .. }, Sighting::Live) => session.is_own(received.from),
            (Transit::Unsure, Sighting::Live) => session.same(&self.nick, received.from),
            // It was looked up already; what was known then is not it.
            (Transit::Unsure, Sighting::Anywhere) if self.ghost != Ghost::Unknown => false,
            (Transit::Unsure, Sighting::Behind | Sighting::Anywhere) => {
                let after = self.after.as_ref();
                let by_time = || {
                    after.is_none_or(|after| after.may_be_before(received.at, received.msgid.as_deref()))
                        && self.joined_at.is_none_or(|joined| received.at >= joined)
                };
                // Where the order of rows decides, no clock is used.
                let by_order = after.and_then(|after| timeline.follows(received.spot, after));
                session.same(&self.nick, received.from) && by_order.unwrap_or_else(by_time)
            }
            (Transit::Sent { .. }, Sighting::Behind | Sighting::Anywhere)
            | (Transit::Queued | Transit::Failed(_), _) => false,
        }
    }

    /// Whether the known history would have shown it.
    fn is_decided_by(&self, coverage: &Coverage, timeline: &Timeline) -> bool {
        match coverage {
            Coverage::Nothing => false,
            Coverage::Since(since) => {
                self.after.as_ref().is_some_and(|after| timeline.is_no_earlier(after, since))
            }
            Coverage::All => true,
        }
    }
}

impl Buffer {
    fn set_delivery(&mut self, row: RowId, delivery: Delivery) {
        self.timeline_mut().update_message(row, |message| message.delivery = delivery);
    }
}
