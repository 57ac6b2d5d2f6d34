//! Changes: what must be on disk before anyone hears of it.

use std::sync::Arc;

use parla_proto::{AccountName, Timestamp};

use crate::network::{
    ChannelId,
    channel::{ChannelChange, ChannelState},
    conversation::Conversation,
    entry::Verb,
};

/// One thing to keep.
#[derive(Clone, Debug)]
pub enum Change {
    /// A message of a conversation; its text is never changed again.
    Message(Arc<Spoken>),
    /// A message was taken back: nothing of it stays. One that is not in that conversation stays as it is.
    Redacted {
        /// Where it was said.
        conversation: Conversation,
        /// The message's number.
        seq: u64,
    },
    /// A channel is kept from now on; this is all of it.
    Channel(Box<ChannelState>),
    /// One thing about a kept channel has changed.
    ChannelChanged {
        /// Which.
        channel: ChannelId,
        /// What.
        change: ChannelChange,
    },
    /// A channel is forgotten: nothing of it stays, nor of what was said in it. Its number is never given out again.
    ChannelForgotten {
        /// Which.
        channel: ChannelId,
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
    /// Where it is kept; none for what is not: to some members of a channel, and in private if one of the two is a guest.
    pub conversation: Option<Conversation>,
    /// The channel's name or the receiver's nick.
    pub target: String,
    /// The text. A message of several lines has line feeds.
    pub text: String,
    /// Client-only tags as on the wire.
    pub tags: String,
    /// Where its sender had to cut a line that was too long: bytes of the text before each cut, rising.
    pub cuts: Vec<u32>,
    /// The number of the message that it answers or reacts to, as its tags say. The store keeps it only if that message is in the
    /// same conversation.
    pub refers_to: Option<u64>,
}

impl Spoken {
    /// Whether it was sent as a batch of lines.
    pub(crate) fn is_multiline(&self) -> bool {
        !self.cuts.is_empty() || self.text.contains('\n')
    }
}
