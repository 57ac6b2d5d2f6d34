//! One conversation in the list: its name, what is new in it, and the button to leave it.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Intent,
    view::{BufferKind, BufferView, Counted, Presence},
};

use super::listing::BufferItem;
use crate::{
    hooks::{use_context, use_memo},
    platform::{Here, PageAct},
    state::{BufferKey, State, wish},
    words::{self, New, use_words},
};

/// The id of the element of a conversation.
pub(super) fn row_id(key: BufferKey) -> String {
    format!("room-{}-{}", key.network.0, key.buffer.0)
}

/// What the row says about a conversation besides its name.
#[derive(Clone, PartialEq)]
struct News {
    unread: u32,
    mentions: u32,
    counted: Counted,
    is_there: bool,
}

impl News {
    fn of(view: &BufferView) -> Self {
        let is_there = view.presence == Presence::Present;
        Self { unread: view.unread, mentions: view.mentions, counted: view.counted, is_there }
    }
}

/// One conversation in the list.
#[component]
pub(crate) fn RoomRow(row: BufferItem, is_current: bool) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let key = row.key;
    let news = use_memo(use_reactive!(|key| state.views.buffers.read(key).map(|view| News::of(&view))));
    let Some(news) = news.get() else { return rsx! {} };
    let new = words.unread(New::of(row.kind, news.unread, news.mentions), news.counted);
    let mut class = String::from("room-row");
    for (applies, name) in [(is_current, " current"), (new.is_some(), " unread"), (!news.is_there, " absent")]
    {
        if applies {
            class.push_str(name);
        }
    }
    let name = match row.kind {
        BufferKind::Server => words.rooms_server().into(),
        BufferKind::Room | BufferKind::Direct => Arc::clone(&row.name),
    };
    rsx! {
        li { class,
            button {
                id: row_id(key),
                r#type: "button",
                class: "room-link",
                title: "{name}",
                "aria-current": is_current.then_some("page"),
                onclick: move |_| {
                    state.open(key);
                    here.0.page(PageAct::Focus(state.place_to_write().to_owned()));
                },
                span { class: "room-name", bdi { "{name}" } }
                {badge(news.unread, news.mentions)}
                if let Some(new) = new {
                    span { class: "sr-only", ", {new}" }
                }
            }
            if row.kind != BufferKind::Server {
                LeaveButton { row }
            }
        }
    }
}

/// A number for messages that are meant for the person, and a dot for others. Words beside it say the same.
pub(crate) fn badge(unread: u32, mentions: u32) -> Element {
    if mentions > 0 {
        rsx! { span { class: "badge", "aria-hidden": "true", {words::badge(mentions)} } }
    } else if unread > 0 {
        rsx! { span { class: "dot", "aria-hidden": "true" } }
    } else {
        rsx! {}
    }
}

#[component]
fn LeaveButton(row: BufferItem) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let label = words.leave(row.kind, &row.name);
    rsx! {
        button {
            r#type: "button",
            class: "leave",
            "aria-label": "{label}",
            title: "{label}",
            onclick: move |_| {
                let buffer = row.key.buffer;
                wish(&here, row.key.network, Intent::Leave { buffer });
            },
            span { "aria-hidden": "true", "×" }
        }
    }
}
