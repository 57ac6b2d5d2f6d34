//! What stands in the place of the composer in a room that the person is not in: why, and what they can do.
//!
//! If the composer had the focus, `page.js` gives it to the element here that has `data-takes-focus`.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{Intent, Problem, ProblemKind, text::shown_name};

use crate::{
    dialogs::written,
    hooks::use_context,
    platform::{Here, PageAct},
    problem_words::ProblemWords,
    room::{
        beside::{BesideComposer, UndoneRequests},
        desk::COMPOSER_ID,
    },
    state::{BufferKey, wish},
    words::use_words,
};

/// The key that was tried last, and for which room, so that a slip can be mended.
pub(super) type Tried = Option<(BufferKey, String)>;

/// Replaces the composer.
#[component]
pub(super) fn ShutOut(
    at: BufferKey,
    name: String,
    room: Arc<str>,
    why: Option<Arc<Problem>>,
    can_invite: Arc<[Arc<str>]>,
    tried: Signal<Tried>,
) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let needs_key = |why: &Arc<Problem>| matches!(why.kind, ProblemKind::KeyNeeded | ProblemKind::KeyWrong);
    if let Some(why) = why.clone().filter(needs_key) {
        // After each try the form is a new one, whose field takes the focus.
        return rsx! { for why in [why] { Locked { key: "{why.tries}", at, room: room.clone(), why, tried } } };
    }
    let join = move |_| {
        wish(&here, at.network, Intent::Join { room: Arc::clone(&room), key: None });
        here.0.page(PageAct::Focus(COMPOSER_ID.to_owned()));
    };
    rsx! {
        div { class: "composer absent",
            UndoneRequests { at }
            BesideComposer { at }
            div { class: "why", role: "status",
                match why {
                    Some(problem) => rsx! { ProblemWords { problem } },
                    None => rsx! { p { {words.room_absent(&name)} } },
                }
            }
            div { class: "buttons",
                for nick in can_invite.iter().cloned() {
                    Ask { key: "{nick}", at, nick, room: name.clone() }
                }
                button {
                    r#type: "button",
                    class: "primary",
                    "data-takes-focus": "true",
                    onclick: join,
                    {words.room_join()}
                }
            }
        }
    }
}

/// Asks somebody for an invitation, in an ordinary message.
#[component]
fn Ask(at: BufferKey, nick: Arc<str>, room: String) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let label = words.room_ask(&shown_name(&nick));
    let ask = move |_| {
        let input = format!("/msg {nick} {}", words.room_ask_message(&room));
        wish(&here, at.network, Intent::Submit { buffer: at.buffer, input: input.into() });
    };
    rsx! { button { r#type: "button", class: "plain", onclick: ask, bdi { "{label}" } } }
}

/// The same for a room with a key: there is a field for it beside the sentence. The client keeps the key for
/// the next time if it was right.
#[component]
fn Locked(at: BufferKey, room: Arc<str>, why: Arc<Problem>, mut tried: Signal<Tried>) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let is_wrong = why.kind == ProblemKind::KeyWrong;
    let before = tried.peek().clone().filter(|(room, _)| is_wrong && *room == at);
    rsx! {
        form {
            class: "composer absent",
            onsubmit: move |event| {
                event.prevent_default();
                let key = written(&event, "key");
                if !key.is_empty() {
                    tried.set(Some((at, key.clone())));
                    let (room, key) = (Arc::clone(&room), Some(key.into()));
                    wish(&here, at.network, Intent::Join { room, key });
                    here.0.page(PageAct::Focus(COMPOSER_ID.to_owned()));
                }
            },
            div { id: "room-key-why", class: "why", role: "status", ProblemWords { problem: why } }
            div { class: "field",
                label { r#for: "room-key", {words.room_key()} }
                input {
                    id: "room-key",
                    name: "key",
                    r#type: "text",
                    autocomplete: "off",
                    autocapitalize: "off",
                    spellcheck: "false",
                    initial_value: before.map(|(_, key)| key),
                    "aria-invalid": is_wrong.then_some("true"),
                    "aria-describedby": "room-key-why",
                    "data-takes-focus": "true",
                }
            }
            button { r#type: "submit", class: "primary", {words.room_join()} }
        }
    }
}
