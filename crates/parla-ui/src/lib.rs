//! The interface of parla, shared by browser and desktop: components, one stylesheet, and one table of
//! sentences per language.
//!
//! Reads the views of `parla-client` and emits commands. The differences between the two places are behind
//! [`platform::Platform`].
//!
//! # Code map
//!
//! - `app.rs` is the root, `state.rs` its state, `buffers.rs` the conversations. `frame.rs` has the three
//!   parts of the screen, `keys.rs` the keys. `windowed_list.rs` draws only the visible part of long lists.
//! - Navigation: `navigation.rs` decides which conversation is shown, `address.rs` has its address,
//!   `visits.rs` where Back leads, and `deep_link.rs` follows the address that the person came by.
//! - Connecting: `first_screen.rs`, `welcome.rs`, `password.rs`; `banner.rs`, `remedies.rs`,
//!   `problem_words.rs` and `forget.rs` say what is wrong with a connection and what can be done about it.
//! - Beside the conversation: `rooms.rs`, `invitations.rs`, `members.rs`. Above it: `dialogs.rs` and
//!   `toasts.rs`.
//! - The conversation: `room.rs`, with the windowed log, the rows and the composer; `drafts.rs` stores what
//!   has not been sent yet.
//! - `words.rs` has the sentences in the person's language, from `languages/`; `language_chooser.rs` lets
//!   them choose.
//! - `preferences.rs` has the person's preferences, which the platform stores.
//! - `platform.rs` has the differences between the page and the window, `page_signal.rs` what the page
//!   reports, and `alert.rs` notifications. `hooks.rs` and `icon.rs` are small parts for all others.
//!   `assets/` has the stylesheet and `page.js`.
#![allow(unused_qualifications, reason = "the macros of dioxus write out whole paths")]
#![allow(clippy::needless_pass_by_value, reason = "what a component is given, it owns")]

pub mod address;
mod alert;
mod app;
mod banner;
pub mod buffers;
pub mod deep_link;
mod dialogs;
mod drafts;
mod first_screen;
mod forget;
mod frame;
mod hooks;
mod icon;
mod invitations;
mod keys;
mod language_chooser;
mod members;
mod navigation;
pub mod page_signal;
mod password;
pub mod platform;
pub mod preferences;
mod problem_words;
mod remedies;
pub mod room;
mod rooms;
pub mod state;
pub mod toasts;
pub mod visits;
mod welcome;
mod windowed_list;
pub mod words;

pub use app::App;

/// The stylesheet: the frame and the tokens, then the conversation.
pub const STYLE: &str = concat!(include_str!("../assets/style.css"), include_str!("../assets/room.css"));
/// What only a script in the page can do: the scroll position in the log, the text of the composer, and the
/// clipboard.
pub const PAGE_SCRIPT: &str = include_str!("../assets/page.js");
