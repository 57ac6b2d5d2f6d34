//! One conversation: header, messages, composer.

mod around;
mod arrange;
pub(crate) mod beside;
mod chunk;
mod clock;
pub(crate) mod colour;
mod composer;
mod desk;
mod header;
mod history;
mod log;
mod look;
mod message;
mod notes;
mod scroll;
mod shut_out;
mod suggest;
pub(crate) mod text;
mod window;

use dioxus::prelude::*;

use crate::{hooks::use_context_provider, state::BufferKey};

/// The conversation that is shown.
#[component]
pub fn Room(at: BufferKey) -> Element {
    use_context_provider(scroll::Memories::default);
    rsx! {
        section { id: "room", class: "room", "aria-labelledby": "room-name",
            header::Header { at }
            // Each conversation has its own log element, because the scroll position belongs to the element.
            for at in [at] {
                log::Log { key: "{scroll::log_name(at)}", at }
            }
            composer::Composer { at }
        }
    }
}
