//! Changes: what must be on disk before anyone is told of it.

use std::sync::Arc;

use parla_proto::{AccountName, ChannelName, Timestamp};

use crate::{
    base::settings::AccessPolicy,
    network::{
        ChannelId,
        account::{AccountChange, AccountId, AccountState},
        channel::{ChannelChange, ChannelState},
        closure::Closure,
        conversation::Conversation,
        entry::Verb,
        invitation::{InvitationId, InvitationState},
    },
};

/// One change to be stored.
#[derive(Clone, Debug)]
pub enum Change {
    /// A message was sent in a conversation. Its text never changes afterwards.
    Message(Arc<Spoken>),
    /// A message was deleted, and nothing of it is kept. If the message is not in that conversation, nothing
    /// happens.
    Redacted {
        /// The conversation that it was sent in.
        conversation: Conversation,
        /// The message's number.
        seq: u64,
    },
    /// The messages of a conversation, or of all of them, that were sent before this time have expired, and nothing of
    /// them is kept.
    Expired {
        /// The conversation; `None` for all.
        conversation: Option<Conversation>,
        /// Messages of this time are kept.
        before: Timestamp,
    },
    /// An account was created.
    Account(Box<AccountState>),
    /// One property of an account has changed.
    AccountChanged {
        /// The account.
        account: AccountId,
        /// The change.
        change: AccountChange,
    },
    /// An account was deleted. Its number is never reused.
    AccountDeleted {
        /// The account.
        account: AccountId,
    },
    /// An invitation was made, or used.
    Invitation(Box<InvitationState>),
    /// An invitation was taken back, or given up in favour of a new one. Its number is never reused.
    InvitationRevoked {
        /// The invitation.
        invitation: InvitationId,
    },
    /// A channel is kept from now on, in this state.
    Channel(Box<ChannelState>),
    /// One property of a kept channel has changed.
    ChannelChanged {
        /// The channel.
        channel: ChannelId,
        /// The change.
        change: ChannelChange,
    },
    /// A channel was forgotten, with its messages and everything else about it. Its number is never reused.
    ChannelForgotten {
        /// The channel.
        channel: ChannelId,
    },
    /// Nobody can enter the channel of a name from now on, or one can again.
    Closure {
        /// The name.
        name: ChannelName,
        /// What is known about it; `None` if one can enter again.
        closure: Option<Closure>,
    },
    /// The owner of the server has decided who may come in.
    Access(AccessPolicy),
}

/// A message that was sent. The same value is stored and delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// The entry's number. Clients get a msgid in its place, which [`MessageIds`](crate::MessageIds) makes.
    pub seq: u64,
    /// When it was sent.
    pub at: Timestamp,
    /// PRIVMSG, NOTICE or TAGMSG.
    pub verb: Verb,
    /// `nick!user@host`.
    pub source: String,
    /// The sender's account.
    pub account: Option<AccountName>,
    /// The conversation that stores it. `None` for messages that are not stored: those to some members of a
    /// channel only, and private ones that involve a guest.
    pub conversation: Option<Conversation>,
    /// The channel's name or the receiver's nick.
    pub target: String,
    /// The text. The lines of a multiline message are separated by line feeds.
    pub text: String,
    /// Client-only tags in their wire form.
    pub tags: String,
    /// Where the sender had to cut lines that were too long: byte offsets into the text, in ascending order.
    pub cuts: Vec<u32>,
    /// The number of the message that it replies or reacts to, according to its tags. The store keeps it only
    /// if that message is in the same conversation.
    pub refers_to: Option<u64>,
}

impl Spoken {
    /// Whether it was sent as a multiline batch.
    pub(crate) fn is_multiline(&self) -> bool {
        !self.cuts.is_empty() || self.text.contains('\n')
    }
}
