//! A chat client without I/O and without an interface: lines, intents and time in; lines and views out.
//!
//! Knows registration, capabilities, conversations, history, what waits to be sent, and when to connect
//! again. Works with any IRC server: what a server does not offer is done without. Opens no socket, reads no
//! clock, draws no picture and holds no sentence in any language.
//!
//! # Code map
//!
//! The modules are floors, here from the ground up; `xtask/tests/layers.rs` checks them.
//!
//! - Bounds and small parts: `limits.rs`, `sorted_map.rs`, `rank.rs`, `away.rs`.
//! - What people read and write: [`text`] prepares what was said, `deceptive.rs` knows what could look like
//!   something else, [`slash`] reads commands, [`endpoint`] and [`credentials`] are addresses and ways to
//!   prove who one is, [`lines`] makes messages of a text, [`secrets`] keeps passwords out of what is shown,
//!   and [`completion`] finishes words.
//! - What went wrong: [`problem`] is the closed list; `parting.rs` and `stranger.rs` read it out of the words
//!   of servers.
//! - The contract: [`contract`] is what goes in and comes out, [`intent`] what a person wants, [`view`] and
//!   [`settings`] what an interface sees. `turn.rs` is one call, `changes.rs` what the interface has not been
//!   told, `incoming.rs` a line from the server. [`tabs`] makes several tabs one person.
//! - The connection: `session.rs` is what was agreed with the server, `link.rs` the connection as time sees
//!   it, `mode_letters.rs` and [`naming`] what the server calls modes and allows as names, `regain.rs` gets
//!   the wanted name back.
//! - Conversations: `buffers.rs` has all of them and `buffer.rs` one, with its `timeline.rs`, `members.rs`
//!   and `room_modes.rs`. A message comes in as a `received.rs`. `batches.rs` keeps what belongs together
//!   until it is whole.
//! - What is asked and known beside them: `directory.rs` (rooms), `people.rs`, `display_names.rs`,
//!   `survey.rs`, `markers.rs`, and `looking.rs` (what the person looks at).
//! - `history.rs` fetches earlier messages, `outbox.rs` has what waits to be confirmed, and [`records`] what
//!   a shell keeps.
//! - `client.rs` has the parts and does what one input asks, in order. Only the files below it see the parts
//!   together: `registration.rs`, `intents.rs`, `moderation.rs`, and `receive/`, with one file for each
//!   command.
//! - `testing.rs` stands in for a shell in tests.

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
mod room_modes;
pub mod secrets;
mod session;
pub mod settings;
pub mod slash;
pub mod sorted_map;
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
pub use contract::{Archive, Input, Kept, Output, Settings};
pub use credentials::{Credentials, Login, Secret};
pub use intent::Intent;
pub use parting::Parting;
pub use problem::{Problem, ProblemKind};
pub use sorted_map::SortedMap;
