//! Invites somebody to a room.

use dioxus::prelude::*;
use parla_client::Intent;

use super::{DialogBox, use_focus_id, written};
use crate::{
    hooks::{use_context, use_hook},
    platform::Here,
    state::{BufferKey, State, wish},
    words::use_words,
};

/// The dialog that asks for the nick of the person to invite.
#[component]
pub(crate) fn Invite(at: BufferKey) -> Element {
    let words = use_words();
    let focus_id = use_focus_id();
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let room =
        use_hook(|| state.views.buffers.peek(at).map(|view| view.name.to_string()).unwrap_or_default());
    rsx! {
        DialogBox { title: words.dialog_invite_title(&room),
            form {
                onsubmit: move |event| {
                    event.prevent_default();
                    let nick = written(&event, "nick");
                    if !nick.is_empty() {
                        wish(&here, at.network, Intent::Invite { buffer: at.buffer, nick: nick.into() });
                        state.close_dialog();
                    }
                },
                div { class: "field",
                    label { r#for: focus_id.clone(), {words.dialog_invite_whom()} }
                    input {
                        id: focus_id,
                        name: "nick",
                        r#type: "text",
                        autocomplete: "off",
                        autocapitalize: "off",
                        spellcheck: "false",
                        dir: "auto",
                    }
                }
                div { class: "buttons end",
                    button { r#type: "button", class: "plain", onclick: move |_| state.close_dialog(), {words.cancel()} }
                    button { r#type: "submit", class: "primary", {words.dialog_invite()} }
                }
            }
        }
    }
}
