//! The small form for joining a room or opening a conversation with a person by name.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{Intent, view::NetworkId};

use crate::{
    hooks::{use_context, use_effect, use_memo, use_signal},
    platform::{Here, PageAct},
    state::{State, wish},
    words::use_words,
};

/// The form. It closes itself when it is done.
#[component]
pub(crate) fn NewForm(network: NetworkId, is_open: Signal<bool>) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let state = use_context::<State>();
    let mut name = use_signal(String::new);
    let id = format!("new-name-{}", network.0);
    let (page, focused) = (here.clone(), id.clone());
    use_effect(move || page.0.page(PageAct::Focus(focused.clone())));
    let is_room = use_memo(move || is_room(&name.read()));
    let (join, message, close) = (here.clone(), here.clone(), here);
    rsx! {
        form {
            class: "new-form",
            onsubmit: move |event| {
                event.prevent_default();
                finish(Target { network, is_open, name }, state, &join, |room| Intent::Join { room, key: None });
            },
            onkeydown: move |event| {
                if event.key() == Key::Escape {
                    event.stop_propagation();
                    is_open.set(false);
                    close.0.page(PageAct::Focus(format!("new-{}", network.0)));
                }
            },
            label { r#for: "{id}", class: "sr-only", {words.rooms_new_name()} }
            input {
                id: "{id}",
                r#type: "text",
                placeholder: words.rooms_new_name(),
                autocomplete: "off",
                autocapitalize: "off",
                spellcheck: "false",
                dir: "auto",
                oninput: move |event| name.set(event.value()),
            }
            div { class: "buttons",
                button { r#type: "submit", class: "primary", {words.rooms_join_room()} }
                if !is_room.get() {
                    button {
                        r#type: "button",
                        class: "plain",
                        onclick: move |_| {
                            finish(Target { network, is_open, name }, state, &message, |nick| Intent::OpenDirect { nick });
                        },
                        {words.rooms_message_person()}
                    }
                }
            }
        }
    }
}

struct Target {
    network: NetworkId,
    is_open: Signal<bool>,
    name: Signal<String>,
}

fn finish(mut target: Target, state: State, here: &Here, intent: impl FnOnce(Arc<str>) -> Intent) {
    let name = target.name.peek().trim().to_owned();
    if name.is_empty() {
        return;
    }
    wish(here, target.network, intent(name.into()));
    target.is_open.set(false);
    here.0.page(PageAct::Focus(state.place_to_write().to_owned()));
}

/// Whether this can only be the name of a room.
fn is_room(name: &str) -> bool {
    name.trim_start().starts_with(['#', '&'])
}
