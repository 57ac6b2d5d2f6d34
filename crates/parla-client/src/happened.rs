//! Things that happen to conversations, whichever command told of them.

use std::sync::Arc;

use parla_proto::Timestamp;

use crate::{
    client::Client,
    outbox,
    problem::Problem,
    view::{BufferId, Content, Event, Presence, Row},
};

impl Client {
    /// Something happened in a conversation.
    pub(crate) fn happened(&mut self, id: BufferId, at: Timestamp, event: Event) {
        let row = self.buffers.row_id();
        if let Some(buffer) = self.buffers.get_mut(id) {
            buffer.timeline.insert(Row { id: row, at, content: Content::Event(event) }, None);
            self.changes.buffer(id);
        }
    }

    /// Something new came into a conversation. If it was read to its end and is before the person's eyes, it still is.
    pub(crate) fn came(&mut self, id: BufferId) {
        if self.buffers.get(id).is_some_and(|buffer| buffer.unread == 0) {
            self.seen(id);
        }
    }

    /// What the person looks at has been seen, once all that was missed has come in.
    pub(crate) fn see_later(&mut self) {
        let Some(id) = self.seen_later.filter(|id| self.look.buffer == Some(*id)) else { return };
        if self.buffers.get(id).is_some_and(|buffer| !buffer.is_awaited()) {
            self.seen_later = None;
            self.seen(id);
        }
    }

    /// The person sees all that is here, if he looks at its end.
    pub(crate) fn seen(&mut self, id: BufferId) {
        if self.look.buffer != Some(id) || !self.look.at_end {
            return;
        }
        if let Some(buffer) = self.buffers.get_mut(id)
            && !buffer.is_awaited()
            && buffer.mark_read()
        {
            crate::markers::read(self, id);
        }
    }

    /// The person is not in a room and cannot come in, or was sent out.
    pub(crate) fn shut_out(&mut self, id: BufferId, problem: &Problem) {
        outbox::shut_out(self, id, problem);
        if let Some(buffer) = self.buffers.get_mut(id) {
            buffer.leave(Presence::Absent(Some(Arc::new(problem.clone()))));
        }
        self.changes.memory = true;
        self.changes.buffer(id);
    }

    /// A conversation is over, for the person.
    pub(crate) fn close(&mut self, id: BufferId) {
        outbox::discard_all(self, id);
        if self.buffers.close(id).is_some() {
            self.changes.closed(id);
            self.changes.memory = true;
        }
    }

    /// Repeats what a room is about, where the person is reading.
    pub(crate) fn show_topic(&mut self, id: BufferId, now: Timestamp) {
        let topic = self.buffers.get(id).and_then(|buffer| buffer.topic.clone());
        let Some(topic) = topic else { return };
        let by = topic.by.clone().unwrap_or_else(|| Arc::clone(&self.settings.address));
        self.happened(id, now, Event::TopicSet { by, topic: topic.text.clone() });
    }
}
