//! The IRC wire language, for both sides: what a line is, what it says, and how names compare.
//!
//! Relies on nothing but its input. Never does I/O, never reads a clock, never panics on what it is given.
//!
//! The way in is [`framing`] → [`message`] → [`command`]; the way out is [`line`] and [`reply`].
//!
//! # Code map
//!
//! Every file opens with what it is and which section of a specification it follows.
//!
//! - The way in: [`framing`] cuts bytes into lines, [`message`] takes a line apart with the help of [`tag`]
//!   and [`source`], and [`command`] reads what the line asks for. `command/` has one file for each command,
//!   with its parameters, facts and help.
//! - The way out: [`reply`] holds every numeric and standard reply as it is sent; [`numeric`] and
//!   [`fail_code`] name them for both sides. [`line`] writes one line, and it alone decides where a `:` goes.
//! - Names: [`name`], [`mask`], [`extban`] and [`metadata`] are made by parsing only, and compare as IRC
//!   compares. [`nick_fault`] says why a nick is refused; `stored` writes and reads names that are kept.
//! - Tables: [`mode`], [`capability`] and [`isupport`] have one row for each mode, capability and token. Both
//!   sides use them.
//! - Values: [`msgid`], [`time`] and [`civil`] are ids, times and dates as they stand on the wire; [`limits`]
//!   has the bounds that the protocol sets.

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
