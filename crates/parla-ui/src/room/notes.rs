//! Rows that are not messages: events, texts of the server, and gaps.

use dioxus::prelude::*;
use parla_client::{
    Intent,
    text::Text,
    view::{GapState, RowId},
};

use crate::{
    hooks::use_context,
    platform::Here,
    room::text::{Sentence, Words, unmarked},
    state::{BufferKey, wish},
    words::use_words,
};

/// An event in the conversation.
#[component]
pub(crate) fn EventRow(id: RowId, time: String, event: parla_client::view::BufferEvent) -> Element {
    let words = use_words();
    let sentence = words.event(&event);
    let plain = unmarked(&sentence);
    rsx! {
        div {
            class: "row event",
            role: "listitem",
            "data-row": "{id.0}",
            "data-kind": "event",
            "data-time": "{time}",
            "data-text": "{plain}",
            time { class: "at", "{time}" }
            " "
            div { class: "said", Sentence { words: sentence } }
        }
    }
}

/// A text of the server.
#[component]
pub(crate) fn ServerRow(at: BufferKey, id: RowId, time: String, text: Text) -> Element {
    rsx! {
        div {
            class: "row server",
            role: "listitem",
            "data-row": "{id.0}",
            "data-kind": "server",
            "data-time": "{time}",
            time { class: "at", "{time}" }
            " "
            div { class: "said", Words { at, text } }
        }
    }
}

/// A gap: the messages between two times are not here.
#[component]
pub(crate) fn GapRow(at: BufferKey, id: RowId, sentence: String, time: String, state: GapState) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let load = move |_| wish(&here, at.network, Intent::LoadGap { buffer: at.buffer, row: id });
    rsx! {
        div {
            class: "row gap",
            role: "listitem",
            "data-row": "{id.0}",
            "data-kind": "event",
            "data-time": "{time}",
            "data-text": "{sentence}",
            span { "{sentence} " }
            match state {
                GapState::Loadable => rsx! {
                    button { r#type: "button", class: "plain", onclick: load, {words.room_load()} }
                },
                GapState::Loading => rsx! { span { class: "dim", {words.room_loading()} } },
                GapState::Lost => rsx! { span { class: "dim", {words.room_gap_lost()} } },
            }
        }
    }
}
