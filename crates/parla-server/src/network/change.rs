//! Changes: what must be on disk before anyone hears of it.

use std::sync::Arc;

use parla_proto::{AccountName, Timestamp};

use crate::network::{
    channel::{ChannelChange, ChannelState},
    entry::Verb,
};

/// One thing to keep.
#[derive(Clone, Debug)]
pub enum Change {
    /// A message of a channel; its text is never changed again.
    Message(Arc<Spoken>),
    /// A message was taken back: nothing of it stays. One that is not in that channel stays as it is.
    Redacted {
        /// The channel's number.
        record: u64,
        /// The message's number.
        seq: u64,
    },
    /// A channel is kept from now on; this is all of it.
    Channel(Box<ChannelState>),
    /// One thing about a kept channel has changed.
    ChannelChanged {
        /// The channel's number.
        record: u64,
        /// What.
        change: ChannelChange,
    },
    /// A channel is forgotten: nothing of it stays, nor of what was said in it. Its number is never given out again.
    ChannelForgotten {
        /// The channel's number.
        record: u64,
    },
}

/// A message that was sent. What is kept and what is delivered is this one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// The entry's number. What clients get in its place is [`MessageIds`](crate::MessageIds)' business.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Which of the three.
    pub verb: Verb,
    /// `nick!user@host`.
    pub source: String,
    /// The sender's account.
    pub account: Option<AccountName>,
    /// For a channel, the number it is kept under; none for a private message, which is not kept.
    pub record: Option<u64>,
    /// The channel's name or the receiver's nick.
    pub target: String,
    /// The text. A message of several lines has line feeds.
    pub text: String,
    /// Client-only tags as on the wire.
    pub tags: String,
    /// Where its sender had to cut a line that was too long: bytes of the text before each cut, rising.
    pub cuts: Vec<u32>,
}

impl Spoken {
    /// Whether it was sent as a batch of lines.
    pub(crate) fn is_multiline(&self) -> bool {
        !self.cuts.is_empty() || self.text.contains('\n')
    }
}
