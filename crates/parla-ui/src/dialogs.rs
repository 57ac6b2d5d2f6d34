//! What opens over the conversation, one at a time. Takes the focus, and gives it back to where it was.

use dioxus::prelude::*;

use crate::{
    hooks::{use_context, use_effect},
    platform::{Here, PageAct},
    state::{Dialog, State},
    words::use_words,
};

mod add_network;
pub(crate) mod address;
mod browse;
mod help;
mod invite;
mod nick;
mod person;
mod person_acts;
mod person_moderation;
mod room_settings;
mod said;
mod topic;

use add_network::AddNetwork;
use address::Address;
use browse::Browse;
use help::Help;
use invite::Invite;
use nick::Nick;
use person::PersonCard;
use room_settings::Settings;
use said::SaidList;
use topic::TopicEditor;

/// The id of the element in a dialog that has the focus at first.
pub(crate) const FOCUS_ID: &str = "dialog-focus";

/// The dialog that is open, if one is.
#[component]
pub(crate) fn Dialogs() -> Element {
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    use_effect(move || {
        let is_open = state.open.dialog.read().is_some();
        if is_open {
            here.0.page(PageAct::Focus(FOCUS_ID.to_owned()));
        } else if let Some(back) = state.open.focus_back.take() {
            here.0.page(PageAct::Focus(back));
        }
    });
    let Some(dialog) = state.open.dialog.read().clone() else { return rsx! {} };
    match dialog {
        Dialog::Browse(network) => rsx! { Browse { network } },
        Dialog::Person(network, nick) => rsx! {
            // Another person is another card.
            for nick in [nick] {
                PersonCard { key: "{nick}", network, nick }
            }
        },
        Dialog::Invite(at) => rsx! { Invite { at } },
        Dialog::Settings(at) => rsx! { Settings { at } },
        Dialog::Topic(at) => rsx! { TopicEditor { at } },
        Dialog::Nick(network) => rsx! { Nick { network } },
        Dialog::AddNetwork => rsx! { AddNetwork {} },
        Dialog::Address(network) => rsx! { Address { network } },
        Dialog::Help => rsx! { Help {} },
        Dialog::Said => rsx! { SaidList {} },
    }
}

/// Which element has the focus at first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum FocusFirst {
    /// One of the content, whose id is [`FOCUS_ID`].
    #[default]
    Content,
    /// The title, where there is more to read than to do: it is read aloud, and what follows comes next.
    Title,
}

/// The box of a dialog: title, content, and the way out. Behind it nothing can be reached.
#[component]
pub(crate) fn DialogBox(
    title: String,
    #[props(default)] focus: FocusFirst,
    #[props(default)] class: &'static str,
    children: Element,
) -> Element {
    let words = use_words();
    let mut state = use_context::<State>();
    let (title_id, tabindex) = match focus {
        FocusFirst::Content => ("dialog-title", None),
        FocusFirst::Title => (FOCUS_ID, Some("-1")),
    };
    rsx! {
        div { class: "backdrop", onclick: move |_| state.close_dialog(),
            section {
                class: "dialog {class}",
                role: "dialog",
                "aria-modal": "true",
                "aria-labelledby": title_id,
                onclick: move |event| event.stop_propagation(),
                header { class: "dialog-head",
                    h2 { id: title_id, tabindex, bdi { "{title}" } }
                    button {
                        r#type: "button",
                        class: "quiet icon",
                        "aria-label": words.close(),
                        title: words.close(),
                        onclick: move |_| state.close_dialog(),
                        span { "aria-hidden": "true", "×" }
                    }
                }
                {children}
            }
        }
    }
}

/// What was written into the field of this name in the form that is sent; empty if nothing was, or its box is not ticked.
pub(crate) fn written(event: &FormEvent, name: &str) -> String {
    match event.get_first(name) {
        Some(FormValue::Text(text)) => text.trim().to_owned(),
        Some(FormValue::File(_)) | None => String::new(),
    }
}
