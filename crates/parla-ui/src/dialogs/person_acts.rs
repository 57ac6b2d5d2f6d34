//! What one can do with a person: write to him, ask him into a room, send him out of one.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Intent,
    view::{BufferKind, NetworkId, Presence},
};

use crate::{
    hooks::{use_context, use_hook, use_signal},
    platform::Here,
    state::{BufferKey, State, wish},
    words::{self, dialog as said},
};

/// Rooms of one's own that are offered; more would not be a menu.
const INVITE_ROOMS_MAX: usize = 12;

/// The buttons.
#[component]
pub(crate) fn PersonActs(network: NetworkId, nick: Arc<str>) -> Element {
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let (mut is_inviting, mut is_removing) = (use_signal(|| false), use_signal(|| false));
    let (mine, removable) = use_hook(|| (my_rooms(state, network), removable(state, network, &nick)));
    let message = Arc::clone(&nick);
    rsx! {
        div { class: "buttons",
            button {
                r#type: "button",
                class: "primary",
                onclick: move |_| {
                    state.focus_back.set(Some(state.place_to_write().to_owned()));
                    wish(&here, network, Intent::OpenDirect { nick: Arc::clone(&message) });
                    state.close_dialog();
                },
                {said::MESSAGE}
            }
            if !mine.is_empty() {
                button {
                    r#type: "button",
                    class: "plain",
                    "aria-expanded": if is_inviting() { "true" } else { "false" },
                    onclick: move |_| is_inviting.toggle(),
                    {said::INVITE_TO}
                }
            }
            if removable.is_some() {
                button {
                    r#type: "button",
                    class: "plain danger",
                    "aria-expanded": if is_removing() { "true" } else { "false" },
                    onclick: move |_| is_removing.toggle(),
                    {said::KICK}
                }
            }
        }
        if is_inviting() {
            InviteMenu { nick: Arc::clone(&nick), rooms: mine }
        }
        if is_removing() && let Some((at, room)) = removable {
            KickForm { at, room, nick }
        }
    }
}

#[component]
fn InviteMenu(nick: Arc<str>, rooms: Vec<(BufferKey, Arc<str>)>) -> Element {
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    rsx! {
        ul { class: "chips",
            for (at, room) in rooms {
                li { key: "{at.buffer.0}",
                    button {
                        r#type: "button",
                        class: "chip",
                        "aria-label": words::dialog::invite_to(&room),
                        onclick: {
                            let (here, nick) = (here.clone(), Arc::clone(&nick));
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

#[component]
fn KickForm(at: BufferKey, room: Arc<str>, nick: Arc<str>) -> Element {
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let mut reason = use_signal(String::new);
    let label = said::kick_from(&room);
    rsx! {
        form {
            class: "one-line",
            onsubmit: move |event| {
                event.prevent_default();
                let reason = reason.peek().trim().into();
                wish(&here, at.network, Intent::Kick { buffer: at.buffer, nick: Arc::clone(&nick), reason });
                state.close_dialog();
            },
            div { class: "field",
                label { r#for: "kick-reason", {said::KICK_REASON} }
                input {
                    id: "kick-reason",
                    r#type: "text",
                    autocomplete: "off",
                    dir: "auto",
                    oninput: move |event| reason.set(event.value()),
                }
            }
            button { r#type: "submit", class: "primary danger", bdi { "{label}" } }
        }
    }
}

/// The rooms one can invite to.
fn my_rooms(state: State, network: NetworkId) -> Vec<(BufferKey, Arc<str>)> {
    let buffers = state.buffers.peek();
    let mine = buffers.iter().filter(|(key, view)| {
        key.network == network && view.kind == BufferKind::Room && view.presence == Presence::Present
    });
    mine.map(|(key, view)| (*key, Arc::clone(&view.name))).take(INVITE_ROOMS_MAX).collect()
}

/// The room that is shown, if he is in it and one may send him out.
fn removable(state: State, network: NetworkId, nick: &str) -> Option<(BufferKey, Arc<str>)> {
    let key = (*state.current.peek())?;
    let buffers = state.buffers.peek();
    let view = buffers.get(&key)?;
    let is_there = || view.members.0.iter().any(|member| *member.name == *nick);
    (key.network == network && view.rights.kick && is_there()).then(|| (key, Arc::clone(&view.name)))
}
