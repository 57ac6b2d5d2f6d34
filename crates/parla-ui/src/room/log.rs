//! The messages of a conversation: a window of chunks, and blank space instead of the others.

use dioxus::prelude::*;
use parla_client::{
    Intent,
    view::{BufferView, ChunkRef, Earlier, Presence, Row, RowId},
};

use crate::{
    hooks::{Memo, use_context},
    platform::{Here, PageAct},
    room::{
        chunk::{ChunkBlock, Shared},
        clock::Clock,
        look::use_look,
        scroll::{Start, log_name, use_scroll},
        window::Segment,
    },
    state::{BufferKey, wish},
    windowed_list::pixels,
    words::use_words,
};

/// The messages of a conversation.
#[component]
pub(crate) fn Log(at: BufferKey) -> Element {
    let words = use_words();
    let scroll = use_scroll(at);
    use_look(at, scroll);
    let view = scroll.view.read();
    let Some(view) = view.as_ref() else { return rsx! {} };
    let start = match *scroll.start.peek() {
        Start::End => "end".to_owned(),
        Start::Kept => "kept".to_owned(),
        Start::Divider(row) => row.0.to_string(),
    };
    let is_joining = view.presence == Presence::Joining;
    rsx! {
        div { class: "log-frame",
            div {
                id: "log",
                class: "log",
                role: "log",
                tabindex: "0",
                "aria-label": words.room_log_label(&view.name),
                // Rows that appear because the reader scrolls are not announced.
                "aria-live": if *scroll.end.read() { "polite" } else { "off" },
                "aria-busy": if is_joining { "true" },
                "data-room": log_name(at),
                "data-start": start,
                div { class: "log-content",
                    Beginning { at, view: view.clone() }
                    Chunks {
                        shared: Shared { at, heights: scroll.heights, open: scroll.open, wanted: scroll.wanted },
                        segments: scroll.segments,
                        divider: view.divider,
                    }
                }
            }
            Jump { end: scroll.end, label: words.jump(view.unread, view.counted) }
        }
    }
}

/// The part of the log that is drawn.
#[component]
fn Chunks(shared: Shared, segments: Memo<Vec<Segment>>, divider: Option<RowId>) -> Element {
    let clock = Clock(use_context::<Here>());
    let today = clock.today();
    let segments = segments.read().clone();
    rsx! {
        {segments.into_iter().enumerate().map(|(n, segment)| match segment {
            Segment::Blank(height) => rsx! {
                div { key: "blank-{n}", class: "blank", "aria-hidden": "true", height: pixels(height) }
            },
            Segment::Chunk(chunk, previous) => {
                let id = chunk.0.id;
                let divider = divider.filter(|row| holds(&chunk, *row));
                rsx! { ChunkBlock { key: "{id}", shared, chunk, previous, divider, today } }
            }
        })}
    }
}

fn holds(chunk: &ChunkRef, id: RowId) -> bool {
    chunk.0.rows.iter().any(|row: &Row| row.id == id)
}

/// What is shown above the first row.
#[component]
fn Beginning(at: BufferKey, view: BufferView) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let load = move |_| wish(&here, at.network, Intent::LoadEarlier { buffer: at.buffer });
    let is_empty = view.timeline.len == 0;
    if view.presence == Presence::Joining && is_empty {
        return rsx! { Skeleton { name: view.name.to_string() } };
    }
    rsx! {
        div { class: "beginning",
            match view.earlier {
                Earlier::Loading => rsx! { p { {words.room_loading_earlier()} } },
                // Somebody who is not in the room cannot request its earlier messages.
                Earlier::Possible if is_empty && matches!(view.presence, Presence::Absent(_)) => rsx! {},
                Earlier::Possible => rsx! {
                    button { r#type: "button", class: "plain", onclick: load, {words.room_load_earlier()} }
                },
                Earlier::Unavailable if !is_empty => rsx! { p { {words.room_no_earlier()} } },
                Earlier::None if !is_empty => rsx! { p { {words.beginning(view.kind, &view.name)} } },
                Earlier::Unavailable | Earlier::None => rsx! {},
            }
            if is_empty && view.earlier != Earlier::Loading && view.presence == Presence::Present {
                div { class: "empty",
                    for sentence in words.empty(view.kind, &view.name) {
                        p { "{sentence}" }
                    }
                }
            }
        }
    }
}

/// Placeholders in the shape of messages, until there are some.
#[component]
fn Skeleton(name: String) -> Element {
    let words = use_words();
    rsx! {
        div { class: "skeleton",
            p { {words.room_joining(&name)} }
            for n in 0..6 {
                div { key: "{n}", class: "bone", "aria-hidden": "true" }
            }
        }
    }
}

/// The button that scrolls to the newest row while that is not in view.
#[component]
fn Jump(end: Signal<bool>, label: String) -> Element {
    let here = use_context::<Here>();
    if *end.read() {
        return rsx! {};
    }
    rsx! {
        button {
            r#type: "button",
            class: "jump",
            onclick: move |_| here.0.page(PageAct::ScrollToEnd),
            "{label}"
        }
    }
}
