//! What the person has asked of a channel that is not a message: a topic, an invitation, a removal, modes.
//!
//! A request is stored before it is sent, and is over when the server has answered: by its label, or by the
//! answer to a PING that was sent after it. If the connection breaks before that, or if there is none, the
//! request is shown in its conversation until the person repeats or discards it. It is never repeated
//! unasked, because by then others may have changed the same thing.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use parla_proto::{Capabilities, Line};
use serde::{Deserialize, Serialize};

use crate::{
    buffers::Buffers,
    contract::Output,
    incoming::Incoming,
    intent::Intent,
    limits::REQUESTS_MAX,
    records::{self, ASKED},
    session::Session,
    stored_intent::StoredIntent,
    turn::Turn,
    view::{BufferId, RowId, UndoneRequest},
};

/// The start of the parameter of a PING that is sent after a request.
const FENCE: &str = "parla-asked-";

/// The requests that the server has not answered, oldest first.
#[derive(Debug, Default)]
pub(crate) struct RoomRequests {
    items: VecDeque<RoomRequest>,
    /// The number of the next request; numbers are never reused.
    next_number: u64,
    /// The numbers of requests that are over and that the shell has not been told of.
    gone: Vec<u64>,
}

#[derive(Debug)]
struct RoomRequest {
    /// The number under which it is stored, and which the PING after it carries.
    number: u64,
    row: RowId,
    buffer: BufferId,
    intent: Intent,
    state: State,
    /// Whether the shell has stored its current state.
    is_stored: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    /// Sent on this connection; the label is `None` if a PING was sent after it instead.
    Sent { label: Option<String> },
    /// Not sent, or sent on a connection that broke before the server answered.
    Undone { may_be_done: bool },
}

/// The record of one request.
#[derive(Serialize, Deserialize)]
struct Stored {
    /// The channel's name, as the server knows it.
    to: String,
    intent: StoredIntent,
    /// Whether it may have reached the server.
    sent: bool,
}

impl RoomRequest {
    /// Whether this line has its label.
    fn is_answered_by(&self, incoming: &Incoming<'_>) -> bool {
        let State::Sent { label: Some(own) } = &self.state else { return false };
        incoming.label.as_deref() == Some(own)
    }
}

impl RoomRequests {
    /// Stores a request and sends its lines.
    pub(crate) fn send(
        &mut self,
        buffers: &mut Buffers,
        session: &mut Session,
        (buffer, intent, lines): (BufferId, Intent, Vec<Line>),
        turn: &mut Turn<'_>,
    ) {
        let label = session.has(Capabilities::LABELED_RESPONSE).then(|| session.label());
        let fence = format!("{FENCE}{}", self.next_number);
        let is_fenced = label.is_none();
        self.add(buffers, (buffer, intent), State::Sent { label: label.clone() });
        self.store(buffers, turn);
        // The server processes lines in order, so when it has answered the last one, it has answered all.
        let last = lines.len().saturating_sub(1);
        for (index, line) in lines.into_iter().enumerate() {
            match label.as_deref().filter(|_| index == last) {
                Some(label) => turn.send(line.with_tags(&format!("label={label}"))),
                None => turn.send(line),
            }
        }
        if is_fenced {
            turn.send(Line::bare("PING").param(fence));
        }
    }

    /// Keeps a request that cannot be sent now.
    pub(crate) fn put_off(&mut self, buffers: &mut Buffers, buffer: BufferId, intent: Intent) {
        self.add(buffers, (buffer, intent), State::Undone { may_be_done: false });
    }

    fn add(&mut self, buffers: &mut Buffers, (id, intent): (BufferId, Intent), state: State) {
        let Some(buffer) = buffers.get_mut(id) else { return };
        let (number, row) = (self.next_number, buffer.row_id());
        self.next_number += 1;
        self.items.push_back(RoomRequest { number, row, buffer: id, intent, state, is_stored: false });
        self.show(buffers, id);
    }

    /// Whether there is room for another request. To make room, one is dropped that the server has had for
    /// longest without an answer: it answers everything, so it will not answer this one.
    pub(crate) fn has_room(&mut self) -> bool {
        let is_sent = |item: &RoomRequest| matches!(item.state, State::Sent { .. });
        if self.items.len() >= REQUESTS_MAX
            && let Some(number) = self.items.iter().find(|item| is_sent(item)).map(|item| item.number)
        {
            self.end(|item| item.number == number);
        }
        self.items.len() < REQUESTS_MAX
    }

    /// Whether the server has not answered everything.
    pub(crate) fn is_waiting(&self) -> bool {
        self.items.iter().any(|item| matches!(item.state, State::Sent { .. }))
    }

    /// Ends the request that this line answers.
    pub(crate) fn answered(&mut self, incoming: &Incoming<'_>) {
        self.end(|item| item.is_answered_by(incoming));
    }

    /// Whether this line answers a request.
    pub(crate) fn is_answer(&self, incoming: &Incoming<'_>) -> bool {
        self.items.iter().any(|item| item.is_answered_by(incoming))
    }

    /// The server answered a PING, so it has answered everything that was sent before.
    pub(crate) fn passed_fence(&mut self, token: &str) {
        if let Some(passed) = token.strip_prefix(FENCE).and_then(|number| number.parse::<u64>().ok()) {
            self.end(|item| item.state == State::Sent { label: None } && item.number <= passed);
        }
    }

    /// The connection was lost. What was sent may have been done or not.
    pub(crate) fn connection_lost(&mut self, buffers: &mut Buffers) {
        let sent = self.items.iter_mut().filter(|item| matches!(item.state, State::Sent { .. }));
        let lost: Vec<BufferId> = sent
            .map(|item| {
                item.state = State::Undone { may_be_done: true };
                item.buffer
            })
            .collect();
        lost.into_iter().for_each(|id| self.show(buffers, id));
    }

    /// The topic of a channel is known. If it is one of which it was not known whether it was set, it was.
    pub(crate) fn topic_is(&mut self, buffers: &mut Buffers, id: BufferId, text: &str) {
        let is_it = |item: &RoomRequest| {
            let is_topic = matches!(&item.intent, Intent::SetTopic { topic, .. } if **topic == *text);
            is_topic && item.buffer == id && item.state == State::Undone { may_be_done: true }
        };
        if self.items.iter().any(is_it) {
            self.end(is_it);
            self.show(buffers, id);
        }
    }

    /// Takes an undone request out, because the person repeats or discards it.
    pub(crate) fn take(&mut self, buffers: &mut Buffers, id: BufferId, row: RowId) -> Option<Intent> {
        let is_it = |item: &RoomRequest| item.row == row && matches!(item.state, State::Undone { .. });
        let mut intent = self.items.iter().find(|item| is_it(item))?.intent.clone();
        self.end(is_it);
        self.show(buffers, id);
        if let Some(buffer) = intent.buffer_mut() {
            *buffer = id;
        }
        Some(intent)
    }

    /// The conversation was closed by the person, and its requests with it.
    pub(crate) fn discard_all(&mut self, id: BufferId) {
        self.end(|item| item.buffer == id);
    }

    /// The conversation has another name, under which its requests must be stored.
    pub(crate) fn renamed(&mut self, id: BufferId) {
        self.items.iter_mut().filter(|item| item.buffer == id).for_each(|item| item.is_stored = false);
    }

    fn end(&mut self, is_over: impl Fn(&RoomRequest) -> bool) {
        self.gone.extend(self.items.iter().filter(|item| is_over(item)).map(|item| item.number));
        self.items.retain(|item| !is_over(item));
    }

    /// Shows a conversation's undone requests there.
    fn show(&self, buffers: &mut Buffers, id: BufferId) {
        let undone = self.items.iter().filter(|item| item.buffer == id).filter_map(|item| match item.state {
            State::Sent { .. } => None,
            State::Undone { may_be_done } => {
                Some(UndoneRequest { row: item.row, intent: item.intent.clone(), may_be_done })
            }
        });
        let undone: Arc<[UndoneRequest]> = undone.collect();
        if let Some(buffer) = buffers.get_mut(id) {
            buffer.set_undone(undone);
        }
    }

    /// Restores the requests that were not answered before the program was closed.
    pub(crate) fn restore(
        &mut self,
        buffers: &mut Buffers,
        session: &Session,
        records: &BTreeMap<String, String>,
    ) {
        for (number, Stored { to, intent, sent }) in records::numbered(records, ASKED) {
            self.next_number = self.next_number.max(number.saturating_add(1));
            let Some(buffer) = buffers.room_mut(session, &to) else {
                // The person has left the channel since.
                self.gone.push(number);
                continue;
            };
            let (row, id) = (buffer.row_id(), buffer.id());
            let Some(intent) = intent.at(id) else {
                self.gone.push(number);
                continue;
            };
            let state = State::Undone { may_be_done: sent };
            self.items.push_back(RoomRequest { number, row, buffer: id, intent, state, is_stored: true });
            self.show(buffers, id);
        }
    }

    /// Tells the shell what has happened to requests since the last call.
    pub(crate) fn store(&mut self, buffers: &Buffers, turn: &mut Turn<'_>) {
        for item in self.items.iter_mut().filter(|item| !item.is_stored) {
            item.is_stored = true;
            let Some(buffer) = buffers.get(item.buffer) else { continue };
            let sent = item.state != State::Undone { may_be_done: false };
            let Some(intent) = StoredIntent::of(&item.intent) else { continue };
            let stored = Stored { to: buffer.name().to_string(), intent, sent };
            if let Ok(value) = serde_json::to_string(&stored) {
                turn.output(Output::Store { key: key(item.number), value: Some(value) });
            }
        }
        for number in std::mem::take(&mut self.gone) {
            turn.output(Output::Store { key: key(number), value: None });
        }
    }
}

/// The key under which the request with this number is stored.
fn key(number: u64) -> String {
    format!("{ASKED}{number}")
}
