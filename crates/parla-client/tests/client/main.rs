//! The client as its shell and its interface see it: lines, intents and time go in; lines and views come out.
//!
//! The tests use the server's real state machine where the server's behaviour matters, and written lines
//! where the server must do something that no real one would.

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
mod leaving;
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
mod requests;
mod resending;
mod rooms;
mod server_page;
mod several_lines;
mod silence;
mod support;
mod taking_back;
