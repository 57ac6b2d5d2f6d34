//! What the state machine and the daemon say to each other.

pub(crate) mod administration;
pub(crate) mod input;
pub(crate) mod note;
pub(crate) mod output;
pub(crate) mod question;
