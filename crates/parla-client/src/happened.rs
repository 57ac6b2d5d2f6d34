//! Things that happen to conversations, whichever command told of them.

use std::sync::Arc;

use parla_proto::Timestamp;

use crate::{
    client::Client,
    outbox,
    view::{BufferId, Content, Event, Row},
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
        self.happened(
            id,
            topic.at.unwrap_or(now).max(now),
            Event::TopicSet { by, topic: topic.text.clone() },
        );
    }
}
