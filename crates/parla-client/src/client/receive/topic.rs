//! TOPIC: somebody changes the topic of a channel.

use crate::{
    buffers::Buffers,
    client::Client,
    incoming::Incoming,
    session::Session,
    text::{Text, shown_name},
    view::{BufferEvent, Topic},
};

impl Client {
    /// TOPIC: the channel has a new topic, or none any more.
    pub(super) fn topic(&mut self, incoming: &Incoming<'_>) {
        self.buffers.topic(&self.session, incoming);
        self.topic_known(incoming.param(0), incoming.param(1));
    }

    /// RPL_TOPIC: the topic, without who set it.
    pub(super) fn topic_told(&mut self, incoming: &Incoming<'_>) {
        self.buffers.topic_told(&self.session, incoming);
        self.topic_known(incoming.param(1), incoming.param(2));
    }

    /// The topic of a channel is known, so the person may not have to set it again.
    fn topic_known(&mut self, room: &str, topic: &str) {
        if let Some(id) = self.buffers.room(&self.session, room) {
            self.requests.topic_is(&mut self.buffers, id, topic);
        }
    }
}

impl Buffers {
    fn topic(&mut self, session: &Session, incoming: &Incoming<'_>) {
        let Some(buffer) = self.room_mut(session, incoming.param(0)) else { return };
        let by = shown_name(incoming.from);
        let text = incoming.reason(2).map(Text::parse);
        let topic = |text| Topic { text, by: Some(by.clone()), at: Some(incoming.at) };
        buffer.set_topic(text.clone().map(topic));
        let event = match text {
            Some(topic) => BufferEvent::TopicSet { by, topic },
            None => BufferEvent::TopicCleared { by },
        };
        buffer.happened(incoming.at, event);
    }

    fn topic_told(&mut self, session: &Session, incoming: &Incoming<'_>) {
        if let Some(buffer) = self.room_mut(session, incoming.param(1)) {
            buffer.set_topic(Some(Topic { text: Text::parse(incoming.param(2)), by: None, at: None }));
        }
    }

    /// RPL_NOTOPIC: the channel has no topic.
    pub(super) fn no_topic_told(&mut self, session: &Session, incoming: &Incoming<'_>) {
        if let Some(buffer) = self.room_mut(session, incoming.param(1)) {
            buffer.set_topic(None);
        }
    }

    /// RPL_TOPICWHOTIME: who set the topic, and when.
    pub(super) fn topic_by_told(&mut self, session: &Session, incoming: &Incoming<'_>) {
        if let Some(buffer) = self.room_mut(session, incoming.param(1)) {
            let by = incoming.param(2).split('!').next().unwrap_or_default();
            buffer.topic_is_by(shown_name(by), incoming.seconds(3));
        }
    }
}
