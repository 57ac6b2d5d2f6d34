//! Connects to another network. Desktop only.

use dioxus::prelude::*;
use parla_client::{
    endpoint::{Encryption, Endpoint},
    view::NetworkView,
};

use super::{
    DialogBox,
    address::{Hint, wrong_address},
    use_focus_id, written,
};
use crate::{
    first_screen::address,
    hooks::{use_context, use_hook, use_signal},
    password::{self, PasswordFields},
    platform::{AppCommand, Here},
    state::State,
    words::{Words, use_words},
};

/// The dialog that adds a network.
#[component]
pub(crate) fn AddNetwork() -> Element {
    let words = use_words();
    let focus_id = use_focus_id();
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let known_nick = use_hook(|| {
        let networks = state.views.networks.peek();
        networks.values().next().map(|view| view.nick.to_string()).unwrap_or_default()
    });
    let mut wrong = use_signal(Wrong::default);
    rsx! {
        DialogBox { title: words.dialog_add(),
            form {
                novalidate: true,
                onsubmit: move |event| {
                    event.prevent_default();
                    let (place, nick) = (written(&event, "place"), written(&event, "nick"));
                    let credentials = password::credentials(&event);
                    // Somebody who signs in may be on another network of the same bouncer.
                    let others = if credentials.is_some() { Vec::new() } else { known(state) };
                    let found = Wrong::find(words, &others, (&place, &nick));
                    wrong.set(found);
                    if found != Wrong::default() {
                        return;
                    }
                    let (network, address) = (state.next_network(&here), address(&place));
                    let credentials = credentials.unwrap_or_default();
                    here.0.command(AppCommand::Connect { network, address, nick, unencrypted: false, credentials });
                    state.close_dialog();
                },
                div { class: "field",
                    label { r#for: focus_id.clone(), {words.dialog_add_where()} }
                    input {
                        id: focus_id,
                        name: "place",
                        r#type: "text",
                        autocomplete: "off",
                        autocapitalize: "off",
                        spellcheck: "false",
                        "aria-describedby": "add-hint",
                        "aria-invalid": wrong().place.map(|_| "true"),
                    }
                    Hint { id: "add-hint", wrong: wrong().place, otherwise: words.first_where_hint() }
                }
                div { class: "field",
                    label { r#for: "add-name", {words.first_name()} }
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
                    summary { {words.password_open()} }
                    PasswordFields { id: "add", why: None, username: String::new() }
                }
                div { class: "buttons end",
                    button { r#type: "button", class: "plain", onclick: move |_| state.close_dialog(), {words.cancel()} }
                    button { r#type: "submit", class: "primary", {words.dialog_add_button()} }
                }
            }
        }
    }
}

/// What is wrong with the input, shown at the field that it is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Wrong {
    place: Option<&'static str>,
    nick: Option<&'static str>,
}

impl Wrong {
    fn find(words: Words, others: &[NetworkView], (place, nick): (&str, &str)) -> Self {
        let nick_wrong = match nick {
            "" => Some(words.first_name_empty()),
            nick if nick.contains(char::is_whitespace) => Some(words.network_name_spaces()),
            _ => None,
        };
        let place_wrong = wrong_address(words, place).or_else(|| {
            // A network may be there twice, as with a bouncer, but not with the same nick.
            let is_known =
                |view: &NetworkView| is_same(&view.address, &address(place)) && *view.nick == *nick;
            others.iter().any(is_known).then_some(words.network_duplicate())
        });
        Self { place: place_wrong, nick: nick_wrong }
    }
}

fn known(state: State) -> Vec<NetworkView> {
    state.views.networks.peek().values().cloned().collect()
}

fn is_same(one: &str, other: &str) -> bool {
    let endpoint = |text| Endpoint::parse(text, Encryption::Required).ok();
    endpoint(one).is_some_and(|one| endpoint(other) == Some(one))
}
