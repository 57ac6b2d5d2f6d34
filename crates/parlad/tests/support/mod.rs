//! The real `parlad` in a process of its own, and clients that speak lines to it.
//!
//! No port is fixed: each daemon chooses its ports and logs them. Each ends with its test, whatever that
//! does. Nothing waits longer than [`PATIENCE`].
#![allow(
    dead_code,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "each test uses a part of it, and stops at what it did not expect"
)]

pub(crate) mod bridge;
pub(crate) mod bystanders;
pub(crate) mod client;
pub(crate) mod daemon;
pub(crate) mod history;
pub(crate) mod http;
pub(crate) mod web_socket;

use std::time::Duration;

pub(crate) use client::Client;
pub(crate) use daemon::{Daemon, Folder};
pub(crate) use web_socket::WebClient;

/// How long anything may take before the test gives up on it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// The name of the server in every test here.
pub(crate) const NAME: &str = "irc.example.org";

/// A configuration with the room `#room`, and without limits for clients from 127.0.0.1. `more` is added to
/// the table `[connections]`, and further tables may follow.
pub(crate) fn config(more: &str) -> String {
    format!(
        "[server]\nname = \"{NAME}\"\ndata_dir = \"data\"\n[[listen]]\naddress = \"127.0.0.1:0\"\n\
         [channels]\nautojoin = [\"#room\"]\n[connections]\ncloak = false\nexempt_from_limits = [\"127.0.0.1/32\"]\n{more}\n"
    )
}

/// The same with the app on a port. `more` is added to its table.
pub(crate) fn config_with_http(more: &str) -> String {
    config(&format!("[[http]]\naddress = \"127.0.0.1:0\"\n{more}"))
}

/// Waits until `look` finds something.
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = std::time::Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
