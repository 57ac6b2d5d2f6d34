//! Connects to another network. Only on the desktop.

use dioxus::prelude::*;
use parla_client::Credentials;

use super::{DialogBox, FOCUS_ID, written};
use crate::{
    first_screen::address,
    hooks::{use_context, use_hook},
    platform::{Command, Here},
    state::State,
    words::{self, dialog as said, first},
};

/// The dialog.
#[component]
pub(crate) fn AddNetwork() -> Element {
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let known_nick = use_hook(|| {
        let networks = state.networks.peek();
        networks.values().next().map(|view| view.nick.to_string()).unwrap_or_default()
    });
    rsx! {
        DialogBox { title: said::ADD,
            form {
                onsubmit: move |event| {
                    event.prevent_default();
                    let (place, nick) = (written(&event, "place"), written(&event, "nick"));
                    if place.is_empty() || nick.is_empty() {
                        return;
                    }
                    let (network, address) = (state.next_network(), address(&place));
                    let credentials = Credentials::default();
                    here.0.command(Command::Connect { network, address, nick, unencrypted: false, credentials });
                    state.close_dialog();
                },
                div { class: "field",
                    label { r#for: FOCUS_ID, {said::ADD_WHERE} }
                    input {
                        id: FOCUS_ID,
                        name: "place",
                        r#type: "text",
                        autocomplete: "off",
                        autocapitalize: "off",
                        spellcheck: "false",
                        "aria-describedby": "add-hint",
                    }
                    p { id: "add-hint", class: "hint", {first::WHERE_HINT} }
                }
                div { class: "field",
                    label { r#for: "add-name", {first::NAME} }
                    input {
                        id: "add-name",
                        name: "nick",
                        r#type: "text",
                        autocomplete: "nickname",
                        autocapitalize: "off",
                        spellcheck: "false",
                        dir: "auto",
                        initial_value: known_nick,
                    }
                }
                div { class: "buttons end",
                    button { r#type: "button", class: "plain", onclick: move |_| state.close_dialog(), {words::CANCEL} }
                    button { r#type: "submit", class: "primary", {said::ADD_BUTTON} }
                }
            }
        }
    }
}
