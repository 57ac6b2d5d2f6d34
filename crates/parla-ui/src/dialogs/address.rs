//! Changes the address or port of a known network. Desktop only.

use dioxus::prelude::*;
use parla_client::{
    endpoint::{Encryption, Endpoint},
    view::NetworkId,
};

use super::{DialogBox, use_focus_id, written};
use crate::{
    first_screen::address,
    hooks::{use_context, use_hook, use_signal},
    platform::{AppCommand, Here, NetworkChange},
    state::State,
    words::{Words, use_words},
};

/// The dialog for the address of a network.
#[component]
pub(crate) fn Address(network: NetworkId) -> Element {
    let words = use_words();
    let focus_id = use_focus_id();
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let mut wrong = use_signal(|| None::<&'static str>);
    let known = use_hook(|| {
        let networks = state.views.networks.peek();
        networks.get(&network).map(|view| view.address.to_string()).unwrap_or_default()
    });
    let known_identity = use_hook(|| here.0.load(&identity_key(network)).unwrap_or_default());
    rsx! {
        DialogBox { title: words.network_address_title(),
            form {
                novalidate: true,
                onsubmit: move |event| {
                    event.prevent_default();
                    let place = written(&event, "place");
                    if let Some(why) = wrong_address(words, &place) {
                        return wrong.set(Some(why));
                    }
                    let identity = Some(written(&event, "identity")).filter(|path| !path.is_empty());
                    if identity != here.0.load(&identity_key(network)) {
                        here.0.save(&identity_key(network), identity.as_deref());
                        here.0.command(AppCommand::Change(network, NetworkChange::Identity(identity)));
                    }
                    here.0.command(AppCommand::Change(network, NetworkChange::Address(address(&place))));
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
                        "aria-describedby": "address-hint",
                        "aria-invalid": wrong().map(|_| "true"),
                        initial_value: known,
                    }
                    Hint { id: "address-hint", wrong: wrong(), otherwise: words.network_address_hint() }
                }
                div { class: "field",
                    label { r#for: "identity", {words.network_identity()} }
                    input {
                        id: "identity",
                        name: "identity",
                        r#type: "text",
                        autocomplete: "off",
                        autocapitalize: "off",
                        spellcheck: "false",
                        "aria-describedby": "identity-hint",
                        initial_value: known_identity,
                    }
                    Hint { id: "identity-hint", otherwise: words.network_identity_hint() }
                }
                div { class: "buttons end",
                    button { r#type: "button", class: "plain", onclick: move |_| state.close_dialog(), {words.cancel()} }
                    button { r#type: "submit", class: "primary", {words.network_address_save()} }
                }
            }
        }
    }
}

/// The key under which the platform stores which file was chosen, in order to show it again. It is removed
/// with the network.
fn identity_key(network: NetworkId) -> String {
    format!("identity {}", network.0)
}

/// The text below a field: what is wrong with the input, or otherwise a hint.
#[component]
pub(crate) fn Hint(id: &'static str, wrong: Option<&'static str>, otherwise: &'static str) -> Element {
    match wrong {
        Some(wrong) => rsx! { p { id, class: "hint wrong", role: "alert", {wrong} } },
        None => rsx! { p { id, class: "hint", {otherwise} } },
    }
}

/// What is wrong with an address, if anything.
pub(crate) fn wrong_address(words: Words, place: &str) -> Option<&'static str> {
    if place.is_empty() {
        return Some(words.network_address_empty());
    }
    Endpoint::parse(&address(place), Encryption::Required).err().map(|bad| words.bad_address(bad))
}
