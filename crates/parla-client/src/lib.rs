//! A chat client without I/O and without an interface: lines, intents and time in; lines and views out.
//!
//! Knows registration, capabilities, conversations, history, what waits to be sent, and when to connect again. Works with any
//! IRC server: what a server does not offer is done without. Opens no socket, reads no clock, draws no picture and holds no
//! sentence in any language.

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
mod records;
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
