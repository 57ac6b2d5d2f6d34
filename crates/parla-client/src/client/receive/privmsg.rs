//! PRIVMSG and NOTICE: somebody says something, now or long ago. Every message reaches its conversation
//! through here.

use parla_proto::CommandName;

use crate::{
    buffer::Added,
    client::Client,
    incoming::Incoming,
    outbox::{Arrival, OwnMessage},
    received::{Coming, Received},
    turn::Turn,
    view::BufferId,
};

impl Client {
    /// Handles PRIVMSG and NOTICE.
    pub(super) fn privmsg(&mut self, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        let Some(mut received) =
            Received::of_line(&self.session, &self.display_names, incoming, Coming::Live)
        else {
            return;
        };
        let Some(id) = self.conversation(incoming) else {
            let who = Some(incoming.from).filter(|_| incoming.is_from_person());
            return self.buffers.note_server(&self.session, incoming.at, who, received.text);
        };
        let Some(buffer) = self.buffers.get_mut(id) else { return };
        if buffer.takes_as_reaction(&self.session, incoming) {
            return;
        }
        if received.has_time && self.session.is_long_ago(incoming.at, turn.now) {
            received.is_repeated(&self.session, buffer.repeated_spot(incoming.at));
        } else {
            buffer.repeats_no_more();
        }
        let added = self.put(id, &received, turn);
        if received.coming == Coming::Repeated
            && let Some(buffer) = self.buffers.get_mut(id)
        {
            buffer.repeated(&added, incoming.at);
        }
    }

    /// The conversation that a message belongs to; `None` if it goes to the server's own conversation.
    fn conversation(&mut self, incoming: &Incoming<'_>) -> Option<BufferId> {
        // A line without a source comes from the server.
        if incoming.from.is_empty() {
            return None;
        }
        let Self { session, buffers, .. } = self;
        let known = buffers.conversation(session, incoming);
        // A message that a program sends unasked does not begin a conversation.
        let begins = incoming.command == Some(CommandName::Privmsg) && incoming.is_from_person();
        let target = incoming.param(0);
        if known.is_some() || !begins || session.audience(target).is_some() {
            return known;
        }
        buffers.open_unasked(session, if session.is_own(incoming.from) { target } else { incoming.from })
    }

    /// Adds a message to its conversation: as one from the outbox that has come back, or as a new one if it
    /// is not there yet.
    pub(super) fn put(&mut self, id: BufferId, received: &Received<'_>, turn: &mut Turn<'_>) -> Added {
        let Self { session, buffers, outbox, .. } = self;
        if let Some(own) = outbox.take_labelled(session, received) {
            return self.confirmed(own, received, turn);
        }
        let Some(buffer) = buffers.get_mut(id) else { return Added::Nowhere };
        buffer.speaks(session, received);
        let message = buffer.shown(session, received);
        if let Some(row) = buffer.row_of(received, &message) {
            return Added::Known(row);
        }
        if let Some(sighting) = self.history.sighting(id, received.coming)
            && let Some(own) = outbox.take_seen(session, sighting, buffer, received)
        {
            return self.confirmed(own, received, turn);
        }
        buffer.add_received(received, message, self.looking.now(), turn)
    }

    /// A message of the outbox has come back.
    fn confirmed(&mut self, own: OwnMessage, received: &Received<'_>, turn: &mut Turn<'_>) -> Added {
        let Some(buffer) = self.buffers.get_mut(own.buffer) else { return Added::Nowhere };
        let Received { spot, at, .. } = *received;
        let arrival = Arrival { spot, at, msgid: received.msgid.as_deref(), author: Some(&received.author) };
        let is_new = self.outbox.confirm(buffer, own.row, arrival);
        buffer.came(self.looking.now());
        if !is_new {
            return Added::Nowhere;
        }
        buffer.keep_received(received, turn);
        Added::New(own.row)
    }
}
