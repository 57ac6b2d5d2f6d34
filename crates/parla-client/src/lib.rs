//! A chat client without I/O and without an interface: lines, intents and time in; lines and views out.
//!
//! Knows registration, capabilities, conversations, history, the messages that wait to be sent, and when to
//! reconnect. Works with any IRC server and does without whatever a server does not offer. Opens no socket,
//! reads no clock, draws nothing and contains no sentence in any language.
//!
//! # Code map
//!
//! The modules are layered, and listed here from the bottom up; `xtask/tests/layers.rs` checks this.
//!
//! - Bounds and small parts: `limits.rs`, `sorted_map.rs`, `ids.rs`, `rank.rs`, `away.rs`.
//! - What people read and write: [`text`] prepares text for display, `deceptive.rs` knows characters that
//!   make text look like something else, [`slash`] reads commands, [`endpoint`] and [`credentials`] are
//!   addresses and ways to prove who one is, [`lines`] splits a text into messages, [`secrets`] keeps
//!   passwords out of what is shown, and [`completion`] completes words.
//! - What can go wrong: [`problem`] is the closed list; `parting.rs` and `stranger.rs` recognise problems in
//!   the texts of servers.
//! - The contract: [`contract`] is what goes in and comes out, [`intent`] what a person wants,
//!   `stored_intent.rs` the form in which that is stored, [`view`] and [`settings`] what an interface sees. `turn.rs` is one call, `changes.rs` has what the interface has not
//!   been told yet, and `incoming.rs` is a line from the server. [`tabs`] makes several tabs act as one
//!   client.
//! - The connection: `session.rs` is what was agreed with the server, `link.rs` the state of the connection
//!   over time, `mode_letters.rs` and [`naming`] how the server names modes and which nicks it allows, and
//!   `regain.rs` gets the wanted nick back.
//! - Conversations: `buffers.rs` has all of them and `buffer.rs` one, with its `timeline.rs`, `members.rs`
//!   and `room_modes.rs`. A message enters as a `received.rs`. `batches.rs` collects lines that belong
//!   together until they are complete.
//! - What else is asked and known: `directory.rs` (channels), `people.rs`, `display_names.rs`, `survey.rs`,
//!   `markers.rs`, and `looking.rs` (what the person is looking at).
//! - `history.rs` fetches earlier messages, `outbox.rs` has the messages that wait for confirmation,
//!   `requests.rs` everything else that the person has asked of a channel, and [`records`] is what a shell
//!   stores.
//! - `client.rs` has all the parts and processes one input at a time. Only the files below it see the parts
//!   together: `registration.rs`, `intents.rs`, `moderation.rs`, and `receive/`, with one file per command.
//! - `testing.rs` replaces the shell in tests.

mod away;
mod batches;
mod buffer;
mod buffers;
mod changes;
mod client;
pub mod completion;
pub mod contract;
pub mod credentials;
mod deceptive;
mod directory;
mod display_names;
pub mod endpoint;
mod history;
mod ids;
mod incoming;
pub mod intent;
pub mod limits;
pub mod lines;
mod link;
mod looking;
mod markers;
mod members;
mod mode_letters;
pub mod naming;
mod outbox;
mod parting;
mod people;
pub mod problem;
mod rank;
mod received;
pub mod records;
mod regain;
mod requests;
mod room_modes;
pub mod secrets;
mod session;
pub mod settings;
pub mod slash;
pub mod sorted_map;
mod stored_intent;
mod stranger;
mod survey;
pub mod tabs;
#[cfg(test)]
mod testing;
pub mod text;
mod timeline;
mod turn;
pub mod view;

pub use client::Client;
pub use contract::{ArchiveScope, ArchivedMessage, ClientSettings, Input, Output};
pub use credentials::{Credentials, Login, Secret};
pub use intent::Intent;
pub use parting::Parting;
pub use problem::{Problem, ProblemKind};
pub use sorted_map::SortedMap;
