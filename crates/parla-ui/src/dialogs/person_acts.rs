//! What everybody can do with a person: write to them, or invite them to a room.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Intent,
    view::{BufferKind, NetworkId, Presence},
};

use super::person_moderation::{Act, moderation};
use crate::{
    hooks::{use_context, use_hook, use_signal},
    platform::Here,
    state::{BufferKey, State, wish},
    words::use_words,
};

/// The most rooms that are offered; with more it would no longer be a menu.
const INVITE_ROOMS_MAX: usize = 12;

/// The buttons of the person's card.
#[component]
pub(crate) fn PersonActs(network: NetworkId, nick: Arc<str>) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let mut is_inviting = use_signal(|| false);
    let act = use_signal(|| None::<Act>);
    let mine = use_hook(|| my_rooms(state, network));
    let message = Arc::clone(&nick);
    rsx! {
        div { class: "buttons",
            button {
                r#type: "button",
                class: "primary",
                onclick: move |_| {
                    wish(&here, network, Intent::OpenDirect { nick: Arc::clone(&message) });
                    state.close_dialog_to(state.place_to_write());
                },
                {words.dialog_message()}
            }
            if !mine.is_empty() {
                button {
                    r#type: "button",
                    class: "plain",
                    "aria-expanded": if is_inviting() { "true" } else { "false" },
                    onclick: move |_| is_inviting.toggle(),
                    {words.dialog_invite_to()}
                }
            }
        }
        if is_inviting() {
            {invite_menu(&here, state, &nick, mine)}
        }
        {moderation(&here, state, (network, nick), act)}
    }
}

fn invite_menu(here: &Here, mut state: State, nick: &Arc<str>, rooms: Vec<(BufferKey, Arc<str>)>) -> Element {
    let words = state.words();
    rsx! {
        ul { class: "chips",
            for (at, room) in rooms {
                li { key: "{at.buffer.0}",
                    button {
                        r#type: "button",
                        class: "chip",
                        "aria-label": words.dialog_invite_to_room(&room),
                        onclick: {
                            let (here, nick) = (here.clone(), Arc::clone(nick));
                            move |_| {
                                wish(&here, at.network, Intent::Invite { buffer: at.buffer, nick: Arc::clone(&nick) });
                                state.close_dialog();
                            }
                        },
                        bdi { "{room}" }
                    }
                }
            }
        }
    }
}

/// The rooms to which the person can invite others.
fn my_rooms(state: State, network: NetworkId) -> Vec<(BufferKey, Arc<str>)> {
    let buffers = state.views.buffers.peek_list();
    let mine = buffers.iter().filter(|(key, listed)| {
        key.network == network
            && listed.kind == BufferKind::Room
            && state.views.buffers.peek(**key).is_some_and(|view| view.presence == Presence::Present)
    });
    mine.map(|(key, listed)| (*key, Arc::clone(&listed.name))).take(INVITE_ROOMS_MAX).collect()
}
