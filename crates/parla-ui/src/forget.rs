//! The button that removes a network. It asks first, because everything that is stored for the network goes
//! too.

use dioxus::prelude::*;
use parla_client::view::NetworkId;

use crate::{
    hooks::{use_context, use_signal},
    platform::{AppCommand, Here},
    state::State,
    words::use_words,
};

/// The button, and then the question.
#[component]
pub(crate) fn Forget(network: NetworkId) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let mut is_asked = use_signal(|| false);
    if !is_asked() {
        return rsx! {
            button {
                r#type: "button",
                class: "plain danger",
                onclick: move |_| is_asked.set(true),
                {words.dialog_forget()}
            }
        };
    }
    rsx! {
        div { class: "sure", role: "alert",
            p { {words.network_forget_sure()} }
            div { class: "buttons",
                button { r#type: "button", class: "plain", onclick: move |_| is_asked.set(false), {words.network_forget_not()} }
                button {
                    r#type: "button",
                    class: "plain danger",
                    onclick: move |_| {
                        here.0.command(AppCommand::Forget(network));
                        state.close_dialog();
                    },
                    {words.network_forget_do()}
                }
            }
        }
    }
}
