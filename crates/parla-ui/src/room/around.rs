//! What surrounds the text of a message: its audience, the message that it answers, and reactions; also what
//! replaces the text if the message was deleted or is long.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    text::Text,
    view::{Audience, Deleted, Reaction, Reply, RowId},
};

use crate::{
    hooks::use_context,
    platform::{Here, PageAct},
    room::{
        chunk::Shared,
        desk::COMPOSER_ID,
        suggest::units,
        text::{Sentence, Words},
    },
    state::{BufferKey, ComposerText, State},
    words::use_words,
};

/// The number of lines of a message that are shown at first.
const LINES_MAX: usize = 10;

/// Says who can read the message, and offers to answer only them.
#[component]
pub(super) fn ForSome(at: BufferKey, audience: Audience) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let answer = move |_| {
        let room = state.views.buffers.peek(at).map(|view| view.name.to_string()).unwrap_or_default();
        let over = state.page.composer.peek().text.clone();
        let text = format!("/msg {}{room} {over}", audience.sign);
        let caret = units(&text);
        state.page.composer.set(ComposerText { text: text.clone(), caret });
        here.0.page(PageAct::SetComposer { text, caret, over });
        here.0.page(PageAct::Focus(COMPOSER_ID.to_owned()));
    };
    rsx! {
        div { class: "audience",
            span { {words.audience(audience)} }
            " "
            button { r#type: "button", class: "link", onclick: answer, {words.room_answer_them()} }
        }
    }
}

/// The message that this one answers; a click goes there.
#[component]
pub(super) fn ReplyChip(shared: Shared, reply: Arc<Reply>) -> Element {
    let words = use_words();
    let mut wanted = shared.wanted;
    rsx! {
        div { class: "reply",
            span { "aria-hidden": "true", "↪ " }
            span { class: "sr-only", "{words.room_in_reply_to()} " }
            if let Some(quoted) = reply.quoted.clone() {
                button {
                    r#type: "button",
                    class: "quote",
                    onclick: move |_| wanted.set(Some(quoted.row)),
                    bdi { "{quoted.from}" }
                    ": "
                    bdi { dir: "auto", "{quoted.words}" }
                }
            } else {
                span { {words.room_earlier_message()} }
            }
        }
    }
}

/// Replaces a message that was deleted.
#[component]
pub(super) fn TakenBack(deleted: Arc<Deleted>) -> Element {
    let words = use_words();
    rsx! { div { class: "taken-back", Sentence { words: words.deleted(&deleted) } } }
}

/// The reactions to a message.
#[component]
pub(super) fn Reactions(reactions: Arc<[Reaction]>) -> Element {
    let words = use_words();
    rsx! {
        ul { class: "reactions", "aria-label": words.room_reactions(),
            for one in reactions.iter() {
                li {
                    key: "{one.text}",
                    class: if one.own { "own" },
                    title: words.reaction(one),
                    bdi { "aria-hidden": "true", "{one.text}" }
                    span { "aria-hidden": "true", " {one.by.len()}" }
                    span { class: "sr-only", {words.reaction(one)} }
                }
            }
        }
    }
}

/// The text; of many lines only the first, until the reader wants to see all.
#[component]
pub(super) fn Folded(shared: Shared, id: RowId, text: Text) -> Element {
    let words = use_words();
    let Some((first, lines)) = text.folded(LINES_MAX) else {
        return rsx! { Words { at: shared.at, text } };
    };
    let mut opened = shared.open;
    let is_open = opened.read().contains(&id);
    let toggle = move |_| {
        let mut opened = opened.write();
        match opened.iter().position(|other| *other == id) {
            Some(at) => drop(opened.remove(at)),
            None => opened.push(id),
        }
    };
    let button = if is_open { words.room_show_fewer().to_owned() } else { words.room_show_lines(lines) };
    rsx! {
        Words { at: shared.at, text: if is_open { text } else { first } }
        button { r#type: "button", class: "plain fold", "aria-expanded": is_open, onclick: toggle, "{button}" }
    }
}
