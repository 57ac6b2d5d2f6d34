//! What opens over the conversation. A dialog takes the focus and returns it to where it was.

use std::{cell::Cell, rc::Rc};

use dioxus::prelude::*;

use crate::{
    hooks::{use_context, use_context_provider, use_effect, use_hook, use_memo},
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
mod past_toasts;
mod person;
mod person_acts;
mod person_moderation;
mod room_settings;
pub(crate) mod stack;
mod topic;

use add_network::AddNetwork;
use address::Address;
use browse::Browse;
pub(crate) use browse::NoList;
use help::Help;
use invite::Invite;
use nick::Nick;
use past_toasts::PastToasts;
use person::PersonCard;
use room_settings::Settings;
use stack::Level;
use topic::TopicEditor;

/// The open dialogs, one above the other.
#[component]
pub(crate) fn Dialogs() -> Element {
    let here = use_context::<Here>();
    let state = use_context::<State>();
    let focus = use_memo(move || state.open.dialogs.read().focus().clone());
    let given = use_hook(|| Rc::new(Cell::new((!state.has_dialog()).then(|| focus.peek().count))));
    use_effect(move || {
        let focus = focus.get();
        if given.replace(Some(focus.count)) != Some(focus.count)
            && let Some(id) = focus.id
        {
            here.0.page(PageAct::Focus(id));
        }
    });
    let dialogs = state.open.dialogs.read();
    rsx! {
        for one in dialogs.open() {
            OneDialog { key: "{one.level.0}", level: one.level, dialog: one.dialog.clone() }
        }
    }
}

#[component]
fn OneDialog(level: Level, dialog: Dialog) -> Element {
    use_context_provider(|| level);
    match dialog {
        Dialog::Browse(network) => rsx! { Browse { network } },
        Dialog::Person(network, nick) => rsx! {
            // For another person this is a new card.
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
        Dialog::PastToasts => rsx! { PastToasts {} },
    }
}

/// The element that has the focus at first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum FocusFirst {
    /// The element of the content whose id is [`use_focus_id`].
    #[default]
    Content,
    /// The title, where there is more to read than to do: it is read aloud, and what follows comes next.
    Title,
}

/// The id of the element that has the focus at first in the dialog of the calling component.
pub(crate) fn use_focus_id() -> String {
    use_context::<Level>().focus_id()
}

/// The box of a dialog: title, content, and a button to close it. Nothing behind it can be reached.
#[component]
pub(crate) fn DialogBox(
    title: String,
    #[props(default)] focus: FocusFirst,
    #[props(default)] class: &'static str,
    children: Element,
) -> Element {
    let words = use_words();
    let mut state = use_context::<State>();
    let level = use_context::<Level>();
    let is_covered = state.open.dialogs.read().top().is_some_and(|top| top.level != level);
    let (title_id, tabindex) = match focus {
        FocusFirst::Content => (level.id("dialog-title"), None),
        FocusFirst::Title => (level.focus_id(), Some("-1")),
    };
    rsx! {
        div {
            class: "backdrop",
            inert: is_covered.then_some("true"),
            onclick: move |_| state.close_dialog(),
            section {
                class: "dialog {class}",
                role: "dialog",
                "aria-modal": "true",
                "aria-labelledby": title_id.clone(),
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

/// The value of the field of this name in a submitted form; empty if nothing was entered or its box is not
/// ticked.
pub(crate) fn written(event: &FormEvent, name: &str) -> String {
    match event.get_first(name) {
        Some(FormValue::Text(text)) => text.trim().to_owned(),
        Some(FormValue::File(_)) | None => String::new(),
    }
}
