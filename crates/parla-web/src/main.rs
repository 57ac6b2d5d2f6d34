//! parla in the browser: the interface, and one client with a WebSocket to the server that handed out the
//! page. All tabs of an address act as one client: one of them leads and has it, the others follow.
//!
//! This is a thin shell. The network logic is in `parla-client`, the interface in `parla-ui`.
//!
//! # Code map
//!
//! - `tab.rs` finds out over `channel.rs` whether this tab leads or follows. `leader.rs` has the client,
//!   through `parla-engine`, for which `shell.rs` provides what it needs from the browser, including the
//!   WebSocket (`socket.rs`). `follower.rs` shows what the leading tab does; `pending_command.rs` carries the tab's
//!   commands there. `interface.rs` is the interface as they see it.
//! - Storage: `storage.rs` stores small texts, `journal.rs` records their latest changes a second time, and
//!   `archive.rs` stores direct messages.
//! - The browser: `browser.rs` is the platform of the interface, `page.rs` has the clock, the address and
//!   `page.js`, `history.rs` Back and Forward, `notifications.rs` notifications, `words.rs` loads the
//!   sentences of other languages, and `build.rs` finds out whether the page is outdated.

mod archive;
mod browser;
mod build;
mod channel;
mod follower;
mod history;
mod interface;
mod journal;
mod leader;
mod notifications;
mod page;
mod pending_command;
mod shell;
mod socket;
mod storage;
mod tab;
mod words;

use std::rc::Rc;

use dioxus::prelude::*;
use parla_ui::platform::Here;

use crate::browser::Browser;

fn main() {
    wasm_bindgen_futures::spawn_local(async {
        // What was stored must be complete before anything reads it.
        journal::begin().await;
        let here = Here(Rc::new(Browser::start()));
        parla_ui::words::load_first(&here).await;
        let dom = VirtualDom::new(parla_ui::App).with_root_context(here);
        dioxus_web::launch::launch_virtual_dom(dom, dioxus_web::Config::new());
    });
}
