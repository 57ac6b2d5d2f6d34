//! Connects to another network. Only on the desktop.

use dioxus::prelude::*;
use parla_client::{endpoint::Endpoint, view::NetworkView};

use super::{
    DialogBox, FOCUS_ID,
    address::{Hint, wrong_address},
    written,
};
use crate::{
    first_screen::address,
    hooks::{use_context, use_hook, use_signal},
    password::{self, PasswordFields},
    platform::{Command, Here},
    state::State,
    words::{self, dialog as said, first, network},
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
    let mut wrong = use_signal(Wrong::default);
    rsx! {
        DialogBox { title: said::ADD,
            form {
                novalidate: true,
                onsubmit: move |event| {
                    event.prevent_default();
                    let (place, nick) = (written(&event, "place"), written(&event, "nick"));
                    let credentials = password::credentials(&event);
                    // Whoever signs in may be on another network of the same bouncer.
                    let others = if credentials.is_some() { Vec::new() } else { known(state) };
                    let found = Wrong::find(&others, &place, &nick);
                    wrong.set(found);
                    if found != Wrong::default() {
                        return;
                    }
                    let (network, address) = (state.next_network(&here), address(&place));
                    let credentials = credentials.unwrap_or_default();
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
                        "aria-invalid": wrong().place.map(|_| "true"),
                    }
                    Hint { id: "add-hint", wrong: wrong().place, otherwise: first::WHERE_HINT }
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
                        "aria-describedby": "add-name-hint",
                        "aria-invalid": wrong().nick.map(|_| "true"),
                        initial_value: known_nick,
                    }
                    if let Some(why) = wrong().nick {
                        Hint { id: "add-name-hint", wrong: why, otherwise: "" }
                    }
                }
                details { class: "more",
                    summary { {words::password::OPEN} }
                    PasswordFields { id: "add", why: None, username: String::new() }
                }
                div { class: "buttons end",
                    button { r#type: "button", class: "plain", onclick: move |_| state.close_dialog(), {words::CANCEL} }
                    button { r#type: "submit", class: "primary", {said::ADD_BUTTON} }
                }
            }
        }
    }
}

/// What is wrong with what was written, beside the field that it is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Wrong {
    place: Option<&'static str>,
    nick: Option<&'static str>,
}

impl Wrong {
    fn find(others: &[NetworkView], place: &str, nick: &str) -> Self {
        let nick_wrong = match nick {
            "" => Some(first::NAME_EMPTY),
            nick if nick.contains(char::is_whitespace) => Some(network::NAME_SPACES),
            _ => None,
        };
        let place_wrong = wrong_address(place).or_else(|| {
            // One may be there twice, as with a bouncer, but not under one name.
            let is_known =
                |view: &NetworkView| is_same(&view.address, &address(place)) && *view.nick == *nick;
            others.iter().any(is_known).then_some(network::DUPLICATE)
        });
        Self { place: place_wrong, nick: nick_wrong }
    }
}

fn known(state: State) -> Vec<NetworkView> {
    state.networks.peek().values().cloned().collect()
}

fn is_same(one: &str, other: &str) -> bool {
    Endpoint::parse(one, false).is_ok_and(|one| Endpoint::parse(other, false).is_ok_and(|other| one == other))
}
