//! Events: what an entry did, for those who must hear of it. Only `publish` turns them into lines.

use std::sync::Arc;

use parla_proto::{AccountName, ChannelName, Nick, Timestamp, metadata::Key, mode::UserModes};

use crate::{
    base::settings::NetworkSettings,
    network::{
        ChannelId, Target, UserId,
        change::Spoken,
        channel::{Rank, Topic},
        conversation::ConversationName,
        texts::OwnText,
    },
};

/// What happened.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The connection of the entry's origin is now this user.
    Registered(UserId),
    /// A user has another nick.
    Renamed { user: UserId, old_nick: Nick, old_source: String },
    /// A user is gone; those who shared a channel with them are told why.
    Quit { user: UserId, nick: Nick, source: String, reason: OwnText<UserId> },
    /// A user entered a channel.
    Joined { user: UserId, channel: ChannelId },
    /// A user left a channel; the user and those who stay and saw them there are told why.
    Parted { source: String, channel: ChannelName, reason: OwnText<UserId> },
    /// A user was put out of a channel; `members` are those who stay and saw it there.
    Kicked {
        by: String,
        user: UserId,
        nick: String,
        channel: ChannelName,
        members: Vec<UserId>,
        reason: String,
    },
    /// Something was said in a channel, to all or only to members of a rank and higher.
    SaidInChannel { sender: UserId, channel: ChannelId, spoken: Arc<Spoken>, heard_from: Option<Rank> },
    /// Something was said to one user.
    SaidToUser { sender: UserId, receiver: UserId, spoken: Arc<Spoken> },
    /// The receiver of a message is away; for the sender only.
    ReceiverAway { nick: String, reason: String },
    /// A channel has another topic, or none.
    TopicChanged { by: String, channel: ChannelId, topic: Option<Topic> },
    /// The members of a channel, and whoever did it from outside, are told what somebody did who looks after channels.
    ChannelTold { channel: ChannelName, members: Vec<UserId>, text: String },
    /// A channel is no more; its members, who were told why, are put out.
    ChannelDeleted { channel: ChannelName, members: Vec<UserId>, reason: String },
    /// Modes of a channel changed, in steps.
    ModesChanged { by: String, channel: ChannelId, steps: Vec<ModeChange> },
    /// A user's own modes changed, from these.
    UserModesChanged { user: UserId, before: UserModes },
    /// A user was invited by the origin; `witnesses` are the members who may know.
    Invited { by: String, user: UserId, nick: String, channel: ChannelName, witnesses: Vec<UserId> },
    /// The origin is an operator now.
    BecameOperator(UserId),
    /// An operator put a user out of the network. Its connection reads `error` and is closed.
    Killed { user: UserId, by: String, nick: String, comment: String, error: String },
    /// An operator tells everyone who wants to hear.
    Wallops { by: String, text: String },
    /// A user shows another host.
    HostChanged { user: UserId, old_source: String },
    /// The settings are others than these.
    Reconfigured { before: Arc<NetworkSettings> },
    /// A user says that they are away, or back. That may be no news; it may be another reason only.
    AwayChanged { user: UserId, changes: bool, was_away: bool },
    /// A user has another real name.
    RealnameChanged { user: UserId },
    /// A user logged in or out; that may be no news.
    AccountChanged { user: UserId, changes: bool },
    /// A channel has another name than this old one.
    ChannelRenamed { by: String, channel: ChannelId, old: ChannelName, reason: String },
    /// A message was taken back, by this source and account; those who are told why include who did it.
    Redacted { by: (String, Option<AccountName>), target: String, seq: u64, reason: OwnText<UserId> },
    /// A user asked to be marked as having read up to a time; that may have been so before.
    MarkedRead { user: UserId, name: ConversationName, at: Timestamp, moved: bool },
    /// Values of a user or a channel were set or taken away.
    MetadataChanged { target: Target, told: MetadataTold },
}

/// A mode of a channel that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ModeChange {
    /// Given or taken.
    pub(crate) set: bool,
    pub(crate) letter: char,
    /// As everyone sees it.
    pub(crate) param: Option<String>,
}

/// What a change of METADATA did.
#[derive(Clone, Debug)]
pub(crate) enum MetadataTold {
    /// One key has this value now, or none; that may be no news.
    Set { key: Key, value: Option<String>, changes: bool },
    /// These keys have no value any more.
    Cleared(Vec<Key>),
}
