//! The bar above a conversation: its name, what it is about, and the ways to the lists beside it.

use dioxus::prelude::*;
use parla_client::view::{BufferKind, BufferView};

use crate::{
    keys::{self, Region},
    room::text::Words,
    state::{BufferKey, Dialog, Side, State},
    words,
};

/// The ids of the buttons, for the focus to come back to.
const ROOMS_ID: &str = "show-rooms";
const MEMBERS_ID: &str = "toggle-members";
const TOPIC_ID: &str = "change-topic";

/// The bar.
#[component]
pub(crate) fn Header(at: ReadSignal<BufferKey>) -> Element {
    let mut state = use_context::<State>();
    let view = use_memo(move || state.buffers.read().get(&at()).cloned());
    let view = view.read();
    let Some(view) = view.as_ref() else { return rsx! {} };
    rsx! {
        header { class: "room-header",
            button {
                r#type: "button",
                class: "icon narrow-only",
                "aria-label": words::room::SHOW_ROOMS,
                id: ROOMS_ID,
                "aria-controls": Region::Rooms.id(),
                onclick: move |_| {
                    state.focus_back.set(Some(ROOMS_ID.to_owned()));
                    state.side.set(Side::Rooms);
                },
                span { "aria-hidden": "true", "☰" }
            }
            h2 { id: "room-name", bdi { "{view.name}" } }
            Topic { at: at(), view: view.clone() }
            if view.kind == BufferKind::Room {
                Members { count: view.members.0.len() }
            }
        }
    }
}

/// What the room is about, in one line.
#[component]
fn Topic(at: BufferKey, view: BufferView) -> Element {
    let mut state = use_context::<State>();
    let label = if view.topic.is_some() { words::room::CHANGE_TOPIC } else { words::room::ADD_TOPIC };
    rsx! {
        div { class: "topic",
            if let Some(topic) = &view.topic {
                p { title: "{topic.text.plain}", Words { at, text: topic.text.clone() } }
            }
            if view.rights.set_topic && view.kind == BufferKind::Room {
                button {
                    r#type: "button",
                    id: TOPIC_ID,
                    class: if view.topic.is_some() { "icon" } else { "link" },
                    "aria-label": label,
                    title: label,
                    onclick: move |_| state.open_dialog(Dialog::Topic(at), TOPIC_ID),
                    if view.topic.is_some() { span { "aria-hidden": "true", "✎" } } else { "{label}" }
                }
            }
        }
    }
}

/// Shows and hides the members, and says how many there are.
#[component]
fn Members(count: usize) -> Element {
    let mut state = use_context::<State>();
    let label = words::room::members(count);
    rsx! {
        button {
            r#type: "button",
            class: "icon members-toggle",
            "aria-label": "{label}",
            title: "{label}",
            id: MEMBERS_ID,
            "aria-controls": Region::Members.id(),
            onclick: move |_| {
                state.focus_back.set(Some(MEMBERS_ID.to_owned()));
                keys::toggle_members(state);
            },
            span { "aria-hidden": "true", "👥 {count}" }
        }
    }
}
