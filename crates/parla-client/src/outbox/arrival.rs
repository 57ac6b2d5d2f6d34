//! A message has reached the server: how servers show that, and what happens to the message then.

use std::sync::Arc;

use parla_proto::Timestamp;

use super::{FENCE, Look, Outbox, Outgoing, Transit};
use crate::{
    buffer::Buffer,
    buffers::Buffers,
    contract::ArchivedMessage,
    incoming::Incoming,
    timeline::{Anchor, Spot},
    turn::Turn,
    view::{Author, BufferKind, Content, Delivery, RowId},
};

/// How the server has one of the person's own messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival<'a> {
    pub(crate) spot: Spot,
    pub(crate) at: Timestamp,
    /// Its msgid and its sender, if the server has shown them.
    pub(crate) msgid: Option<&'a str>,
    pub(crate) author: Option<&'a Author>,
}

impl Arrival<'_> {
    /// It is the newest message, and the server did not show it.
    const fn unseen(at: Timestamp) -> Self {
        Self { spot: Spot::End, at, msgid: None, author: None }
    }
}

impl Outbox {
    /// The server answered a PING, so it has processed everything that was sent before.
    pub(crate) fn passed_fence(
        &mut self,
        buffers: &mut Buffers,
        look: Look,
        token: &str,
        turn: &mut Turn<'_>,
    ) {
        let Some(passed) = token.strip_prefix(FENCE).and_then(|number| number.parse::<u64>().ok()) else {
            return;
        };
        let is_through = |item: &Outgoing| matches!(item.transit, Transit::Sent { fence: Some(fence), .. } if fence <= passed);
        let is_through = self.items.iter().filter(|item| is_through(item));
        let through: Vec<Outgoing> = is_through.cloned().collect();
        for item in through {
            if let Some(buffer) = buffers.get_mut(item.buffer) {
                self.arrived_unseen(buffer, &item, turn.now, turn);
                buffer.came(look);
            }
        }
    }

    /// ACK: the server accepted a message and has nothing to show for it.
    pub(crate) fn acknowledged(
        &mut self,
        buffers: &mut Buffers,
        look: Look,
        incoming: &Incoming<'_>,
        turn: &mut Turn<'_>,
    ) {
        let label = incoming.label.as_deref().unwrap_or_default();
        let item = self.items.iter().find(|item| item.has_label(label)).cloned();
        if let Some(item) = item
            && let Some(buffer) = buffers.get_mut(item.buffer)
        {
            self.arrived_unseen(buffer, &item, incoming.at, turn);
            buffer.came(look);
        }
    }

    /// The server has had a message since this time, and shows it only to others.
    fn arrived_unseen(&mut self, buffer: &mut Buffer, item: &Outgoing, at: Timestamp, turn: &mut Turn<'_>) {
        self.forget(item.row);
        if self.confirm(buffer, item.row, Arrival::unseen(at)) {
            buffer.keep(|kind, name| item.kept(kind, name, at), turn);
        }
    }

    /// The server has the message, which takes its place among the others. Returns false if it is there
    /// already.
    pub(crate) fn confirm(&mut self, buffer: &mut Buffer, row: RowId, arrival: Arrival<'_>) -> bool {
        let Arrival { spot, at, msgid, author } = arrival;
        let Some(mut row) = buffer.timeline_mut().take_unconfirmed(row) else { return false };
        row.at = at;
        let mut text = None;
        if let Content::Message(message) = &mut row.content {
            let message = Arc::make_mut(message);
            (message.delivery, message.msgid) = (Delivery::Done, msgid.map(Arc::from));
            // The nick may have been changed on the way.
            if let Some(author) = author {
                message.author = Author { own: true, ..author.clone() };
            }
            text = Some(Arc::clone(&message.text.plain));
        }
        let is_new = buffer.timeline_mut().insert_at(spot, row, msgid);
        if let Some(text) = text {
            let anchor = Anchor { msgid: msgid.map(Arc::from), at, row: None };
            self.stands_before_equals(buffer.id(), &text, &anchor);
        }
        is_new
    }
}

impl Outgoing {
    /// A message that the server does not show to its sender, in the form for the archive.
    fn kept(&self, kind: BufferKind, buffer: Arc<str>, at: Timestamp) -> ArchivedMessage {
        ArchivedMessage {
            kind,
            buffer,
            msgid: None,
            at,
            source: Arc::clone(&self.source),
            account: None,
            manner: self.manner,
            text: Arc::clone(&self.text),
            own: true,
            audience: self.audience,
        }
    }
}
