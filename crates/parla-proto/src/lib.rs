//! The IRC wire language, for both sides. No I/O, no clock.

pub mod msgid;
pub mod time;

pub use msgid::MsgId;
pub use time::Timestamp;
