//! Texts as elements: styles, colours, links. All text is inserted as text; nothing is ever interpreted as
//! HTML.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Intent,
    text::{Link, Span, Style, Text},
};

use crate::{
    hooks::use_context,
    platform::Here,
    room::colour,
    state::{BufferKey, State, wish},
    words::{NAME, NAME_END},
};

/// A text that somebody wrote, with its own writing direction.
#[component]
pub(crate) fn Words(at: BufferKey, text: Text) -> Element {
    rsx! {
        bdi { class: "body", dir: "auto",
            for (n, span) in text.spans.iter().enumerate() {
                Piece { key: "{n}", at, words: text.slice(span), span: span.clone() }
            }
        }
    }
}

#[component]
fn Piece(at: BufferKey, words: String, span: Span) -> Element {
    match &span.link {
        Some(Link::Page { href, real_host }) => {
            rsx! { PageLink { href: href.clone(), real_host: real_host.clone(), words, span: span.clone() } }
        }
        Some(Link::Room(room)) => rsx! { RoomLink { at, room: room.clone(), words } },
        None if is_plain(&span) => rsx! { "{words}" },
        None => rsx! { Styled { words, span: span.clone() } },
    }
}

fn is_plain(span: &Span) -> bool {
    span.style.is_empty() && span.colour.is_none() && span.background.is_none()
}

#[component]
fn Styled(words: String, span: Span) -> Element {
    let paint = colour::paint(&span);
    let class = class(span.style);
    if span.style.contains(Style::MONOSPACE) {
        return rsx! { code { class, color: paint.text, background_color: paint.behind, "{words}" } };
    }
    rsx! { span { class, color: paint.text, background_color: paint.behind, "{words}" } }
}

fn class(style: Style) -> String {
    let names = [
        (Style::BOLD, "bold"),
        (Style::ITALIC, "italic"),
        (Style::UNDERLINE, "underline"),
        (Style::STRIKETHROUGH, "struck"),
        (Style::MENTION, "named"),
    ];
    let worn: Vec<&str> =
        names.iter().filter(|(one, _)| style.contains(*one)).map(|(_, name)| *name).collect();
    worn.join(" ")
}

/// A link to a web page. The shell opens it, so that the window stays on our page; a browser's other ways of
/// opening links work too.
#[component]
fn PageLink(href: Arc<str>, real_host: Option<Arc<str>>, words: String, span: Span) -> Element {
    let here = use_context::<Here>();
    let target = href.clone();
    rsx! {
        a {
            class: class(span.style),
            href: "{href}",
            rel: "noopener noreferrer",
            target: "_blank",
            onclick: move |event| {
                event.prevent_default();
                here.0.open_link(&target);
            },
            "{words}"
        }
        if let Some(host) = real_host {
            span { class: "real-host", " ({host})" }
        }
    }
}

#[component]
fn RoomLink(at: BufferKey, room: Arc<str>, words: String) -> Element {
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let enter = move |_| {
        let known = state
            .views
            .buffers
            .peek_list()
            .iter()
            .find(|(key, listed)| key.network == at.network && listed.name == room)
            .map(|(key, _)| *key);
        match known {
            Some(key) => state.open(key),
            None => wish(&here, at.network, Intent::Join { room: room.clone(), key: None }),
        }
    };
    rsx! { button { r#type: "button", class: "link", onclick: enter, "{words}" } }
}

/// A sentence of the app with names in it.
#[component]
pub(crate) fn Sentence(words: String) -> Element {
    rsx! {
        for (n, piece) in words.split_inclusive(NAME_END).enumerate() {
            NamedPiece { key: "{n}", piece }
        }
    }
}

/// Some text, followed by a name if there is one.
#[component]
fn NamedPiece(piece: String) -> Element {
    match piece.split_once(NAME) {
        Some((before, name)) => {
            let name = name.trim_end_matches(NAME_END);
            rsx! { "{before}" bdi { "{name}" } }
        }
        None => rsx! { "{piece}" },
    }
}

/// The sentence without the marks around names.
pub(crate) fn unmarked(words: &str) -> String {
    words.replace([NAME, NAME_END], "")
}
