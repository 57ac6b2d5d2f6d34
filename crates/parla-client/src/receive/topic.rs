//! TOPIC: someone says what a room is about.

use std::sync::Arc;

use super::Incoming;
use crate::{
    state::State,
    text::{Text, shown_name},
    view::{Event, Topic},
};

pub(super) fn receive(state: &mut State, incoming: &Incoming<'_>) {
    let Some(id) = state.buffers.room(&state.session, incoming.param(0)) else { return };
    let text = incoming.reason(2).map(Text::parse);
    let by = shown_name(incoming.from);
    let Some(buffer) = state.buffers.get_mut(id) else { return };
    buffer.topic =
        text.clone().map(|text| Arc::new(Topic { text, by: Some(Arc::clone(&by)), at: Some(incoming.at) }));
    let event = match text {
        Some(topic) => Event::TopicSet { by, topic },
        None => Event::TopicCleared { by },
    };
    state.happened(id, incoming.at, event);
}
