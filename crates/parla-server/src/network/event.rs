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
    Renamed(Renamed),
    /// A user is gone; those who shared a channel with them are told why.
    Quit { user: UserId, nick: Nick, source: String, reason: OwnText<UserId> },
    /// A user entered a channel.
    Joined { user: UserId, channel: ChannelId },
    /// A user left a channel; the user and those who stay and saw them there are told why.
    Parted { source: String, channel: ChannelName, reason: OwnText<UserId> },
    /// A user was put out of a channel.
    Kicked(Kicked),
    /// Something was said in a channel.
    SaidInChannel(SaidInChannel),
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
    /// A user was invited by the origin.
    Invited(Invited),
    /// The origin is an operator now.
    BecameOperator(UserId),
    /// An operator put a user out of the network.
    Killed(Killed),
    /// An operator tells everyone who wants to hear.
    Wallops { by: String, text: String },
    /// A user shows another host.
    HostChanged { user: UserId, old_source: String },
    /// The settings are others than these.
    Reconfigured { before: Arc<NetworkSettings> },
    /// A user says that they are away, or back.
    AwayChanged { user: UserId, news: AwayNews },
    /// A user has another real name.
    RealnameChanged { user: UserId },
    /// A user logged in or out; that may be no news.
    AccountChanged { user: UserId, changes: bool },
    /// A channel has another name.
    ChannelRenamed(ChannelRenamed),
    /// A message was taken back.
    Redacted(Redacted),
    /// A user asked to be marked as having read up to a time.
    MarkedRead(MarkedRead),
    /// Values of a user or a channel were set or taken away.
    MetadataChanged { target: Target, told: MetadataTold },
}

/// A user has another nick.
#[derive(Clone, Debug)]
pub(crate) struct Renamed {
    pub(crate) user: UserId,
    pub(crate) old_nick: Nick,
    /// `nick!user@host`, with the old nick.
    pub(crate) old_source: String,
}

/// A user was put out of a channel.
#[derive(Clone, Debug)]
pub(crate) struct Kicked {
    /// `nick!user@host` of whoever did it.
    pub(crate) by: String,
    pub(crate) user: UserId,
    pub(crate) nick: String,
    pub(crate) channel: ChannelName,
    /// Those who stay, and saw the user there.
    pub(crate) members: Vec<UserId>,
    pub(crate) reason: String,
}

/// Something was said in a channel.
#[derive(Clone, Debug)]
pub(crate) struct SaidInChannel {
    pub(crate) sender: UserId,
    pub(crate) channel: ChannelId,
    pub(crate) spoken: Arc<Spoken>,
    /// Only members of this rank and higher hear it; none: all members.
    pub(crate) heard_from: Option<Rank>,
}

/// A user was invited by the origin.
#[derive(Clone, Debug)]
pub(crate) struct Invited {
    /// `nick!user@host` of whoever did it.
    pub(crate) by: String,
    pub(crate) user: UserId,
    pub(crate) nick: String,
    pub(crate) channel: ChannelName,
    /// The members who may know.
    pub(crate) witnesses: Vec<UserId>,
}

/// An operator put a user out of the network.
#[derive(Clone, Debug)]
pub(crate) struct Killed {
    pub(crate) user: UserId,
    /// `nick!user@host` of the operator.
    pub(crate) by: String,
    pub(crate) nick: String,
    /// Why, in the operator's words.
    pub(crate) comment: String,
    /// What each connection of the user reads before it is closed.
    pub(crate) error: String,
}

/// How far it is news that a user says they are away, or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AwayNews {
    /// They have said the same before.
    Nothing,
    /// They were away, and give another reason.
    Reason,
    /// They were here and are away, or the other way round.
    Presence,
}

/// A channel has another name.
#[derive(Clone, Debug)]
pub(crate) struct ChannelRenamed {
    /// `nick!user@host` of whoever did it.
    pub(crate) by: String,
    pub(crate) channel: ChannelId,
    /// The name before.
    pub(crate) old: ChannelName,
    /// May be empty.
    pub(crate) reason: String,
}

/// A message was taken back.
#[derive(Clone, Debug)]
pub(crate) struct Redacted {
    /// `nick!user@host` of whoever did it.
    pub(crate) by: String,
    /// The account of whoever did it.
    pub(crate) account: Option<AccountName>,
    /// The channel's name or the receiver's nick.
    pub(crate) target: String,
    /// The message's number.
    pub(crate) seq: u64,
    /// Why, among those who are told; whoever did it is one of them.
    pub(crate) reason: OwnText<UserId>,
}

/// A user asked to be marked as having read up to a time.
#[derive(Clone, Debug)]
pub(crate) struct MarkedRead {
    pub(crate) user: UserId,
    pub(crate) name: ConversationName,
    /// Where the marker is now.
    pub(crate) at: Timestamp,
    /// Whether it was elsewhere before.
    pub(crate) moved: bool,
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
