//! The IRC protocol for both sides: what a line is, what it says, and how names compare.
//!
//! The crate relies on nothing but its input. It does no I/O, reads no clock, and never panics on its input.
//!
//! Incoming: [`framing`] → [`message`] → [`command`]. Outgoing: [`line`] and [`reply`].
//!
//! # Code map
//!
//! Each file starts with what it is and which section of a specification it implements.
//!
//! - Incoming: [`framing`] divides bytes into lines, [`message`] parses a line with the help of [`tag`] and
//!   [`source`], and [`command`] parses what the line asks for. `command/` has one file per command, with its
//!   parameters, facts and help.
//! - Outgoing: [`reply`] has every numeric and standard reply in its wire form; [`numeric`] and [`fail_code`]
//!   name them for both sides. [`line`] writes a line, and it alone decides where a `:` goes.
//! - Names: [`name`], [`mask`], [`extban`] and [`metadata`] have types that only parsing can create, and that
//!   compare as IRC does. [`nick_fault`] says why a nick is refused; `stored` serializes keys and masks.
//! - Tables: [`mode`], [`capability`] and [`isupport`] have one row per mode, capability and token. Both
//!   sides use them.
//! - Values: [`msgid`], [`time`] and [`civil`] are ids, times and dates in their wire form; [`limits`] has
//!   the bounds that the protocol sets.

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
