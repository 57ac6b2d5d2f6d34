//! The commands and the keys.

use dioxus::prelude::*;
use parla_client::slash::SPECS;

use super::{DialogBox, FocusFirst};
use crate::{
    alert::Standing,
    words::{self, dialog as said},
};

/// The dialog.
#[component]
pub(crate) fn Help() -> Element {
    rsx! {
        DialogBox { title: said::HELP, focus: FocusFirst::Close, class: "help",
            div { class: "help-scroll", tabindex: "0",
                h3 { {said::HELP_COMMANDS} }
                p { class: "hint", {said::HELP_COMMANDS_HINT} }
                dl { class: "help-list",
                    for spec in SPECS {
                        div { key: "{spec.name}",
                            dt { code { "/{spec.name} {spec.syntax}" } }
                            dd { {words::command(spec.name).unwrap_or_default()} }
                        }
                    }
                }
                h3 { {said::HELP_KEYS} }
                dl { class: "help-list",
                    for (keys, does) in words::KEYS {
                        div { key: "{keys}",
                            dt { kbd { {*keys} } }
                            dd { {*does} }
                        }
                    }
                }
                Standing {}
            }
        }
    }
}
