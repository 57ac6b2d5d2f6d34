//! The lowest layer: every other module may use these types, and they use none of the others.

pub(crate) mod account_settings;
pub(crate) mod address_block;
pub(crate) mod connection;
pub(crate) mod duration;
pub(crate) mod few;
pub(crate) mod flags;
pub(crate) mod formatting;
pub(crate) mod invite_code;
pub mod limits;
pub mod message_ids;
pub(crate) mod metadata;
pub(crate) mod multiline;
pub(crate) mod names;
pub(crate) mod scram;
pub(crate) mod secret;
pub(crate) mod service;
pub mod settings;
