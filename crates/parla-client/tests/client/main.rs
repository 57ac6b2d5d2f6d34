//! The client as its shell and its interface see it: lines, intents and time go in, lines and views come out.
//!
//! Relies on the real state machine of the server where the server's part matters, and on written lines where a server must
//! be one that nobody would write.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, `expect!` makes a value, and a run is repeated by its seed in the environment"
)]

mod answers;
mod commands;
mod counting;
mod display_names;
mod flaky;
mod history;
mod hostile;
mod kept;
mod markers;
mod members;
mod moderation;
mod order;
mod outbox;
mod passwords;
mod people;
mod ranks;
mod reading;
mod real_server;
mod reconnecting;
mod regaining;
mod registration;
mod renaming;
mod resending;
mod rooms;
mod server_page;
mod several_lines;
mod silence;
mod support;
mod taking_back;
