//! Edits the topic of a room.

use dioxus::prelude::*;
use parla_client::Intent;

use super::{DialogBox, use_focus_id, written};
use crate::{
    hooks::{use_context, use_hook},
    platform::Here,
    state::{BufferKey, State, wish},
    words::use_words,
};

/// The dialog. The topic is a single line: a line break becomes a space.
#[component]
pub(crate) fn TopicEditor(at: BufferKey) -> Element {
    let words = use_words();
    let focus_id = use_focus_id();
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let (room, old) = use_hook(|| {
        let view = state.views.buffers.peek(at);
        let topic =
            view.as_ref().and_then(|view| view.topic.as_ref()).map(|topic| topic.text.plain.to_string());
        (view.map(|view| view.name.to_string()).unwrap_or_default(), topic.unwrap_or_default())
    });
    rsx! {
        DialogBox { title: words.dialog_topic_title(&room),
            form {
                onsubmit: move |event| {
                    event.prevent_default();
                    let topic = written(&event, "topic").split_whitespace().collect::<Vec<_>>().join(" ");
                    wish(&here, at.network, Intent::SetTopic { buffer: at.buffer, topic: topic.into() });
                    state.close_dialog();
                },
                div { class: "field",
                    label { r#for: focus_id.clone(), {words.dialog_topic_field()} }
                    textarea {
                        id: focus_id,
                        name: "topic",
                        rows: "3",
                        dir: "auto",
                        "aria-describedby": "topic-hint",
                        initial_value: old,
                    }
                    p { id: "topic-hint", class: "hint", {words.dialog_topic_hint()} }
                }
                div { class: "buttons end",
                    button { r#type: "button", class: "plain", onclick: move |_| state.close_dialog(), {words.cancel()} }
                    button { r#type: "submit", class: "primary", {words.dialog_save()} }
                }
            }
        }
    }
}
