//! Help: the commands and the keys.

use dioxus::prelude::*;
use parla_client::slash::SPECS;

use super::{DialogBox, FocusFirst};
use crate::{alert::Standing, language_chooser::LanguageChooser, words::use_words};

/// The dialog with the commands and the keys.
#[component]
pub(crate) fn Help() -> Element {
    let words = use_words();
    rsx! {
        DialogBox { title: words.dialog_help(), focus: FocusFirst::Title, class: "help",
            div { class: "help-scroll", tabindex: "0",
                h3 { {words.dialog_help_commands()} }
                p { class: "hint", {words.dialog_help_commands_hint()} }
                dl { class: "help-list",
                    for spec in SPECS {
                        div { key: "{spec.name}",
                            dt { code { "/{spec.name} {words.written_behind(spec)}" } }
                            dd { {words.command(spec.name).unwrap_or_default()} }
                        }
                    }
                }
                h3 { {words.dialog_help_keys()} }
                dl { class: "help-list",
                    for (keys, does) in words.keys() {
                        div { key: "{keys}",
                            dt { kbd { {keys} } }
                            dd { {does} }
                        }
                    }
                }
                Standing {}
                LanguageChooser {}
            }
        }
    }
}
