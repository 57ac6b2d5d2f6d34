//! The app's messages, newest first: they disappear by themselves and can be read again here.

use dioxus::prelude::*;

use super::{DialogBox, FocusFirst};
use crate::{hooks::use_context, state::State, toasts::ToastText, words::use_words};

/// The dialog with the app's earlier messages.
#[component]
pub(crate) fn PastToasts() -> Element {
    let words = use_words();
    let state = use_context::<State>();
    let journal = state.announced.journal.read();
    rsx! {
        DialogBox { title: words.toast_list(), focus: FocusFirst::Title, class: "help",
            div { class: "help-scroll", tabindex: "0",
                ul { class: "said-list",
                    for toast in journal.iter().rev() {
                        li { key: "{toast.id}", ToastText { toast: toast.clone() } }
                    }
                }
            }
        }
    }
}
