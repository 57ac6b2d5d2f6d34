//! parla in the browser: the interface, fed by one client over a WebSocket to the server that handed out the
//! page. All tabs of an address are one person: one of them leads and has the client, the others follow.
//!
//! A thin shell. What is true of the network is in `parla-client`, what is shown in `parla-ui`.
//!
//! # Code map
//!
//! - `engine.rs` finds out over `channel.rs` whether this tab leads or follows. `leader.rs` has the client,
//!   by `parla-engine`, which finds in `shell.rs` what it needs of the browser, among that the WebSocket
//!   (`socket.rs`). `follower.rs` shows what the leading tab does; `orders.rs` carries what it wants there.
//!   `interface.rs` is the interface as they see it.
//! - What is kept: `storage.rs` has small texts, `journal.rs` its last changes once more, and `archive.rs`
//!   direct messages.
//! - The browser: `browser.rs` is the platform of the interface, `page.rs` the clock, the address and
//!   `page.js`, `history.rs` Back and Forward, `notifications.rs` notifications, `words.rs` gets the
//!   sentences of other languages, and `build.rs` knows whether the page is old.

mod archive;
mod browser;
mod build;
mod channel;
mod engine;
mod follower;
mod history;
mod interface;
mod journal;
mod leader;
mod notifications;
mod orders;
mod page;
mod shell;
mod socket;
mod storage;
mod words;

use std::rc::Rc;

use dioxus::prelude::*;
use parla_ui::platform::Here;

use crate::browser::Browser;

fn main() {
    wasm_bindgen_futures::spawn_local(async {
        // What was kept is whole before anything reads it.
        journal::begin().await;
        let here = Here(Rc::new(Browser::start()));
        parla_ui::words::load_first(&here).await;
        let dom = VirtualDom::new(parla_ui::App).with_root_context(here);
        dioxus_web::launch::launch_virtual_dom(dom, dioxus_web::Config::new());
    });
}
