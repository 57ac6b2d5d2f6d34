//! The one interface of parla, for the browser and the desktop: components, one stylesheet, one table of words.
//!
//! Sees the views of `parla-client` and emits commands. What differs between the two places is behind [`platform::Platform`].
#![allow(unused_qualifications, reason = "the macros of dioxus write out whole paths")]
#![allow(clippy::needless_pass_by_value, reason = "what a component is given, it owns")]

pub mod address;
mod alert;
mod app;
mod banner;
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
pub mod link;
mod members;
mod navigation;
pub mod page_signal;
mod password;
pub mod platform;
mod problem_words;
mod remedies;
pub mod room;
mod rooms;
pub mod state;
pub mod toasts;
pub mod visits;
mod welcome;
mod window;
pub mod words;

pub use app::App;

/// The stylesheet: the frame and the tokens, then the conversation.
pub const STYLE: &str = concat!(include_str!("../assets/style.css"), include_str!("../assets/room.css"));
/// What only a script in the page can do: the place of the reader in the log, the text of the composer, the clipboard.
pub const PAGE_SCRIPT: &str = include_str!("../assets/page.js");
