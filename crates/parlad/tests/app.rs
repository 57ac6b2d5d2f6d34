//! The app as people meet it: a real `parlad`, a real Chromium, and somebody in front of each window.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::panic,
    clippy::too_many_lines,
    reason = "a test is a story that stops at what it did not expect, and says what it saw"
)]

mod support;

#[path = "app/rig/mod.rs"]
mod rig;

/// Where there is no Chromium, `cargo xtask test` skips everything whose name starts with this, and says so.
#[path = "app"]
mod in_browser {
    mod access;
    mod addresses;
    mod alerts;
    mod beginning;
    mod errors;
    mod figures;
    mod first_run;
    mod hostile;
    mod kept;
    mod languages;
    mod loading;
    mod moderation;
    mod reading;
    mod reconnection;
    mod rooms;
    mod screenshots;
    mod sizes;
    mod soak;
    mod tabs;
    mod talk;
    mod writing;
}
