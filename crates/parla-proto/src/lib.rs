//! The IRC wire language, for both sides: what a line is, what it says, and how names compare.
//!
//! Relies on nothing but its input. Never does I/O, never reads a clock, never panics on what it is given.
//!
//! The way in is [`framing`] → [`message`] → [`command`]; the way out is [`line`] and [`reply`].

pub mod capability;
pub mod civil;
pub mod command;
pub mod extban;
pub mod fail_code;
pub mod framing;
pub mod isupport;
pub mod limits;
pub mod line;
pub mod mask;
pub mod message;
pub mod metadata;
pub mod mode;
pub mod msgid;
pub mod name;
pub mod nick_fault;
pub mod numeric;
pub mod reply;
pub mod source;
mod stored;
pub mod tag;
pub mod time;

pub use capability::Capabilities;
pub use command::{Command, CommandName};
pub use fail_code::FailCode;
pub use line::Line;
pub use mask::Mask;
pub use message::Message;
pub use msgid::MsgId;
pub use name::{AccountName, Casemapping, ChannelName, Nick};
pub use nick_fault::NickFault;
pub use numeric::Numeric;
pub use reply::Reply;
pub use source::Source;
pub use time::Timestamp;
