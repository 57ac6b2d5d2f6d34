//! Which part of a conversation somebody may read.

use parla_proto::Timestamp;

use crate::{ConversationId, MessageNumber};

/// Where the messages begin that somebody may read. What is before does not exist for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Floor {
    /// Messages from before this time are left out.
    pub at: Option<Timestamp>,
    /// Of the messages up to this position, only so many of the newest are not left out.
    pub earlier: Option<(MessageNumber, u32)>,
}

/// A conversation as somebody may read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The conversation.
    pub conversation: ConversationId,
    /// Where it begins.
    pub floor: Floor,
}

impl From<ConversationId> for Reading {
    /// Everything that is there.
    fn from(conversation: ConversationId) -> Self {
        Self { conversation, floor: Floor::default() }
    }
}
