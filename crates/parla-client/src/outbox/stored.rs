//! A message of the outbox as the shell stores it: written before the message is sent, and removed when the
//! server has it or the person discards it.
//!
//! After a restart, whatever had been sent may have arrived or not, exactly as after a lost connection.

use std::{collections::BTreeMap, sync::Arc};

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Outbox, Outgoing, Transit, ghost::Ghost};
use crate::{
    buffer::Buffer,
    buffers::Buffers,
    contract::Output,
    limits::OUTBOX_MAX,
    problem::{Problem, ProblemKind},
    records::{self, OUT},
    secrets,
    session::Session,
    text::Text,
    timeline::Anchor,
    turn::Turn,
    view::{Audience, Author, BufferKind, Content, Delivery, Manner, MessageView, Presence, Row},
};

/// The record of one message.
#[derive(Serialize, Deserialize)]
struct Stored {
    /// The conversation's name, as the server knows it.
    to: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_direct: bool,
    #[serde(default)]
    manner: Manner,
    /// The text; lines are separated by line feeds.
    text: String,
    /// The rank prefix before the channel's name, if only members of that rank are to read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sign: Option<char>,
    /// When it was written, in milliseconds of Unix time.
    at: i64,
    /// Present if it was sent and the server has not confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sent: Option<Sent>,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed: Option<ProblemKind>,
}

/// What helps to find a sent message in the history.
#[derive(Serialize, Deserialize)]
struct Sent {
    nick: String,
    /// When the newest message was sent that was known before, and its msgid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after_msgid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    joined_at: Option<i64>,
}

impl Sent {
    fn anchor(&self) -> Option<Anchor> {
        let msgid = self.after_msgid.as_deref().map(Arc::from);
        Some(Anchor { msgid, at: Timestamp::from_millis(self.after?), row: None })
    }
}

/// The key under which the message with this number is stored.
fn key(number: u64) -> String {
    format!("{OUT}{number}")
}

impl Outgoing {
    /// Tells the shell to store the current state of a message.
    pub(super) fn keep(&self, buffer: &Buffer, turn: &mut Turn<'_>) {
        // A password is in memory only, and must be entered again if the program ends before it was sent.
        if secrets::hides(buffer.name(), &self.text) {
            return;
        }
        let is_sent = matches!(self.transit, Transit::Sent { .. } | Transit::Unsure);
        let stored = Stored {
            to: buffer.name().to_string(),
            is_direct: buffer.kind() == BufferKind::Direct,
            manner: self.manner,
            text: self.text.to_string(),
            sign: self.audience.map(|audience| audience.sign),
            at: self.at.as_millis(),
            sent: is_sent.then(|| Sent {
                nick: self.nick.to_string(),
                after: self.after.as_ref().map(|after| after.at.as_millis()),
                after_msgid: self.after.as_ref().and_then(|after| after.msgid.as_deref()).map(str::to_owned),
                joined_at: self.joined_at.map(Timestamp::as_millis),
            }),
            failed: match &self.transit {
                Transit::Failed(kind) => Some(*kind),
                Transit::Queued | Transit::Sent { .. } | Transit::Unsure => None,
            },
        };
        if let Ok(value) = serde_json::to_string(&stored) {
            turn.output(Output::Store { key: key(self.number), value: Some(value) });
        }
    }
}

impl Outbox {
    /// Restores the messages that were not confirmed before the program was closed, in the order in which
    /// they were written.
    pub(crate) fn restore(
        &mut self,
        buffers: &mut Buffers,
        session: &Session,
        records: &BTreeMap<String, String>,
    ) {
        for (number, stored) in records::numbered(records, OUT) {
            self.next_number = self.next_number.max(number.saturating_add(1));
            if self.items.len() < OUTBOX_MAX {
                self.put_back(buffers, session, number, stored);
            }
        }
    }

    fn put_back(&mut self, buffers: &mut Buffers, session: &Session, number: u64, stored: Stored) {
        let kind = if stored.is_direct { BufferKind::Direct } else { BufferKind::Room };
        let is_name = match kind {
            BufferKind::Direct => session.is_nick(&stored.to),
            BufferKind::Room | BufferKind::Server => session.is_room_name(&stored.to),
        };
        let is_new = buffers.named(session, &stored.to).is_none();
        let opened = if is_name { buffers.open(session, kind, &stored.to) } else { None };
        let Some(buffer) = opened.and_then(|id| buffers.get_mut(id)) else { return };
        // The person has left the channel, and only this message is left of it.
        if is_new && kind == BufferKind::Room && stored.failed.is_some() {
            buffer.leave(Presence::Absent(None));
        }
        let (transit, delivery) = match (&stored.sent, stored.failed) {
            (_, Some(kind)) => (Transit::Failed(kind), Delivery::Failed(Arc::new(Problem::of(kind)))),
            (Some(_), None) => (Transit::Unsure, Delivery::Sent),
            (None, None) => (Transit::Queued, Delivery::Queued),
        };
        let nick: Arc<str> = match &stored.sent {
            Some(sent) => sent.nick.as_str().into(),
            None => Arc::clone(session.nick()),
        };
        let at = Timestamp::from_millis(stored.at);
        let audience = stored.sign.map(Audience::of);
        let author = Author { own: true, ..Author::new(&nick) };
        let message = MessageView {
            delivery,
            audience,
            ..MessageView::by(author, stored.manner, Text::parse(&stored.text))
        };
        let after = stored.sent.as_ref().and_then(Sent::anchor);
        let joined_at = stored.sent.as_ref().and_then(|sent| sent.joined_at).map(Timestamp::from_millis);
        let row = Row { id: buffer.row_id(), at, content: Content::Message(Arc::new(message)) };
        // Whether it has arrived is looked up in the messages since then. The first one goes back furthest.
        if transit == Transit::Unsure
            && kind == BufferKind::Room
            && let Some(after) = after.clone()
        {
            buffer.miss_since(after);
        }
        self.items.push_back(Outgoing {
            number,
            row: row.id,
            buffer: buffer.id(),
            manner: stored.manner,
            text: stored.text.into(),
            audience,
            at,
            transit,
            source: Arc::clone(&nick),
            nick,
            after,
            joined_at,
            ghost: Ghost::Unknown,
            is_stored: true,
        });
        buffer.timeline_mut().add_unconfirmed(row);
    }

    /// Tells the shell what has happened to messages since the last call. A message is stored before it is
    /// sent.
    pub(crate) fn store(&mut self, buffers: &Buffers, turn: &mut Turn<'_>) {
        for item in self.items.iter_mut().filter(|item| !item.is_stored) {
            if let Some(buffer) = buffers.get(item.buffer) {
                item.keep(buffer, turn);
            }
            item.is_stored = true;
        }
        for number in std::mem::take(&mut self.gone) {
            turn.output(Output::Store { key: key(number), value: None });
        }
    }
}
