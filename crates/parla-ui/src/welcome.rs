//! What is shown in the middle while no conversation is open: a few rooms to join, and a button for all
//! others.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Intent,
    view::{DirectoryRoom, LinkState, NetworkId},
};

use crate::{
    dialogs::NoList,
    hooks::{use_context, use_effect, use_memo},
    platform::Here,
    state::{Dialog, Side, State, wish},
    words::use_words,
};

/// The number of rooms that are suggested.
const SUGGESTIONS: usize = 5;

/// The welcome screen.
#[component]
pub(crate) fn Welcome() -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let network = use_memo(move || {
        let networks = state.views.networks.read();
        networks.values().find(|view| view.link == LinkState::Online).map(|view| view.id)
    });
    use_effect(move || {
        if let Some(network) = network.get()
            && !state.views.directories.peek().contains_key(&network)
        {
            wish(&here, network, Intent::ListRooms);
        }
    });
    rsx! {
        section { class: "welcome",
            button {
                r#type: "button",
                class: "quiet narrow-only",
                onclick: move |_| state.open.side.set(Side::Rooms),
                {words.rooms_label()}
            }
            h2 { {words.welcome_title()} }
            match network.get() {
                Some(network) => rsx! { Suggestions { network } },
                None => rsx! { p { class: "dim", {words.welcome_not_yet()} } },
            }
        }
    }
}

#[component]
fn Suggestions(network: NetworkId) -> Element {
    let words = use_words();
    let mut state = use_context::<State>();
    let rooms = use_memo(move || {
        let directories = state.views.directories.read();
        let first = directories.get(&network).map(|view| {
            let rooms: Vec<DirectoryRoom> = view.rooms.0.iter().take(SUGGESTIONS).cloned().collect();
            (rooms, view.complete, view.trouble.clone())
        });
        first.unwrap_or_default()
    });
    let (rooms, complete, trouble) = rooms.get();
    let sentence = match (rooms.is_empty(), complete) {
        (true, false) => words.welcome_loading(),
        (true, true) => words.welcome_no_rooms(),
        (false, _) => words.welcome_sentence(),
    };
    rsx! {
        match trouble.filter(|_| rooms.is_empty()) {
            Some(problem) => rsx! { NoList { network, problem } },
            None => rsx! { p { {sentence} } },
        }
        ul { class: "suggestions",
            for room in rooms {
                Suggestion { key: "{room.name}", network, room }
            }
        }
        button {
            id: "welcome-browse",
            r#type: "button",
            class: "primary",
            onclick: move |_| state.open_dialog(Dialog::Browse(network), "welcome-browse"),
            {words.rooms_browse()}
        }
    }
}

#[component]
fn Suggestion(network: NetworkId, room: DirectoryRoom) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let people = words.people_count(room.people);
    rsx! {
        li {
            button {
                r#type: "button",
                class: "suggestion",
                onclick: move |_| wish(&here, network, Intent::Join { room: Arc::clone(&room.name), key: None }),
                span { class: "suggestion-name", bdi { "{room.shown}" } }
                span { class: "suggestion-people", {people} }
                span { class: "suggestion-topic", bdi { "{room.topic}" } }
            }
        }
    }
}
