//! TOPIC: someone says what a room is about.

use std::sync::Arc;

use super::Incoming;
use crate::{
    client::Client,
    text::{Text, shown_name},
    view::{Event, Topic},
};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>) {
    let Some(id) = client.buffers.room(&client.session, incoming.param(0)) else { return };
    let text = incoming.reason(2).map(Text::parse);
    let by = shown_name(incoming.from);
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    buffer.topic =
        text.clone().map(|text| Arc::new(Topic { text, by: Some(Arc::clone(&by)), at: Some(incoming.at) }));
    let event = match text {
        Some(topic) => Event::TopicSet { by, topic },
        None => Event::TopicCleared { by },
    };
    client.happened(id, incoming.at, event);
}
