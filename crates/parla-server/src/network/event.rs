//! Events: what an entry did, for those who must be told. Only `publish` turns them into lines.

use std::sync::Arc;

use parla_proto::{AccountName, ChannelName, Nick, Timestamp, metadata::Key, mode::UserModes};

use crate::{
    base::settings::NetworkSettings,
    network::{
        ChannelId, Target, UserId,
        change::Spoken,
        channel::{Rank, Topic},
        conversation::ConversationName,
        entry::{AccountAsker, SessionRef},
        invitation::InvitationId,
        texts::OwnText,
    },
};

/// What happened.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The connection that proposed the entry has become this user.
    Registered(UserId),
    /// The origin's connection has become another session of this user.
    SessionBegan {
        user: UserId,
        /// The channels that they were in by then. What the same entry brings them into is told to all sessions.
        channels: Vec<ChannelId>,
    },
    /// The origin's connection has left its user and become a session of another one.
    SessionMoved(Box<SessionMoved>),
    /// The origin's connection has left its user and become a guest.
    SignedOut(Box<SignedOut>),
    /// Sessions of a user were ended by another one, or by somebody who looks after accounts.
    SessionsEnded(SessionsEnded),
    /// A user changed their nick.
    Renamed(Renamed),
    /// A user is gone; those who shared a channel with them are told why.
    Quit { user: UserId, nick: Nick, source: String, reason: OwnText<UserId> },
    /// A user entered a channel.
    Joined { user: UserId, channel: ChannelId },
    /// A user left a channel. The user and the remaining members who could see them are told why.
    Parted { source: String, channel: ChannelName, reason: OwnText<UserId> },
    /// A user was removed from a channel.
    Kicked(Kicked),
    /// Something was said in a channel.
    SaidInChannel(SaidInChannel),
    /// Something was said to one user.
    SaidToUser { sender: UserId, receiver: UserId, spoken: Arc<Spoken> },
    /// The receiver of a message is away; only the sender is told.
    ReceiverAway { nick: String, reason: String },
    /// A channel's topic was set or cleared.
    TopicChanged { by: String, channel: ChannelId, topic: Option<Topic> },
    /// Somebody who oversees channels changed this one. Its members are told, and so is whoever did it from
    /// outside.
    ChannelTold { channel: ChannelName, members: Vec<UserId>, text: String },
    /// A channel was deleted; its members, who were told why, are removed.
    ChannelDeleted { channel: ChannelName, members: Vec<UserId>, reason: String },
    /// Modes of a channel changed.
    ModesChanged { by: String, channel: ChannelId, steps: Vec<ModeChange> },
    /// A user's own modes changed; `before` has the old ones.
    UserModesChanged { user: UserId, before: UserModes },
    /// A user invited another.
    Invited(Invited),
    /// A user has become an operator of the server.
    BecameOperator(UserId),
    /// An operator disconnected a user from the network.
    Killed(Killed),
    /// An operator sent a message to everyone who wants to receive WALLOPS.
    Wallops { by: String, text: String },
    /// A user's visible host changed.
    HostChanged { user: UserId, old_source: String },
    /// The settings changed; `before` has the old ones.
    Reconfigured { before: Arc<NetworkSettings> },
    /// A user is now away, or back.
    AwayChanged { user: UserId, news: AwayNews },
    /// A user changed their real name.
    RealnameChanged { user: UserId },
    /// A user signed in or out, which may change nothing.
    AccountChanged { user: UserId, changes: bool, by_sasl: bool },
    /// Something was done with an invitation; the origin is told.
    InvitationTold(InvitationTold),
    /// ChanServ answers the origin.
    ServiceTold(String),
    /// ChanServ tells somebody else what concerns them.
    ToldByChanServ { user: UserId, text: String },
    /// The owner of a channel has removed its members.
    ChannelCleared(Box<ChannelCleared>),
    /// The owner of the server has decided who may come in.
    AccessDecided,
    /// An account was created. If its person asked for that, the origin is signed in to it.
    AccountCreated { name: AccountName, asker: AccountAsker },
    /// An app password was made; the origin is shown it this one time.
    AppPasswordCreated,
    /// An account was changed or deleted; whoever asked for it is told so in this sentence.
    AccountEdited { asker: AccountAsker, done: String },
    /// A channel was renamed.
    ChannelRenamed(ChannelRenamed),
    /// A message was deleted.
    Redacted(Redacted),
    /// A user moved a read marker, or tried to.
    MarkedRead(MarkedRead),
    /// METADATA values of a user or a channel were set or removed.
    MetadataChanged { target: Target, told: MetadataTold },
}

/// What was done with an invitation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InvitationTold {
    pub(crate) id: InvitationId,
    pub(crate) done: InvitationDone,
}

/// See [`InvitationTold`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InvitationDone {
    Created,
    Revoked,
    /// An account that existed already has used it.
    Accepted,
}

/// A session has left its user, and is a guest.
#[derive(Clone, Debug)]
pub(crate) struct SignedOut {
    /// Who it is now.
    pub(crate) user: UserId,
    /// `nick!user@host` of whoever it was.
    pub(crate) old_source: String,
    /// The channels that they were in.
    pub(crate) channels: Vec<ChannelName>,
}

/// Sessions of a user were ended, though the user may stay.
#[derive(Clone, Debug)]
pub(crate) struct SessionsEnded {
    pub(crate) nick: String,
    pub(crate) sessions: Vec<SessionRef>,
    /// The ERROR text that each of them is sent before it is closed.
    pub(crate) error: String,
}

/// A user changed their nick.
#[derive(Clone, Debug)]
pub(crate) struct Renamed {
    pub(crate) user: UserId,
    pub(crate) old_nick: Nick,
    /// `nick!user@host`, with the old nick.
    pub(crate) old_source: String,
}

/// A session has left its user and become one of another.
#[derive(Clone, Debug)]
pub(crate) struct SessionMoved {
    /// Whose it is now.
    pub(crate) user: UserId,
    /// `nick!user@host` of whoever it was.
    pub(crate) old_source: String,
    /// The channels that they were in.
    pub(crate) channels: Vec<ChannelName>,
    /// The channels in which they are now. What the same entry brings them into later is told to all sessions.
    pub(crate) now_in: Vec<ChannelId>,
    /// The modes that they had.
    pub(crate) modes: UserModes,
    /// Whether the client waits for the end of a SASL exchange.
    pub(crate) by_sasl: bool,
}

/// A user was removed from a channel.
#[derive(Clone, Debug)]
pub(crate) struct Kicked {
    /// `nick!user@host` of whoever did it.
    pub(crate) by: String,
    pub(crate) user: UserId,
    pub(crate) nick: String,
    pub(crate) channel: ChannelName,
    /// The remaining members who could see the user there.
    pub(crate) members: Vec<UserId>,
    pub(crate) reason: String,
}

/// Something was said in a channel.
#[derive(Clone, Debug)]
pub(crate) struct SaidInChannel {
    pub(crate) sender: UserId,
    pub(crate) channel: ChannelId,
    pub(crate) spoken: Arc<Spoken>,
    /// The lowest rank that gets the message; `None` sends it to all members.
    pub(crate) heard_from: Option<Rank>,
}

/// A user invited another.
#[derive(Clone, Debug)]
pub(crate) struct Invited {
    /// `nick!user@host` of whoever did it.
    pub(crate) by: String,
    pub(crate) user: UserId,
    pub(crate) nick: String,
    pub(crate) channel: ChannelName,
    /// The members who are told.
    pub(crate) witnesses: Vec<UserId>,
}

/// An operator disconnected a user from the network.
#[derive(Clone, Debug)]
pub(crate) struct Killed {
    pub(crate) user: UserId,
    /// `nick!user@host` of the operator.
    pub(crate) by: String,
    pub(crate) nick: String,
    /// The reason, in the operator's words.
    pub(crate) comment: String,
    /// The ERROR text that each connection of the user is sent before it is closed.
    pub(crate) error: String,
}

/// What changed when a user said that they are away, or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AwayNews {
    /// They had said the same before.
    Nothing,
    /// They were away already, but give another reason.
    Reason,
    /// They were here and are now away, or the reverse.
    Presence,
}

/// A channel was renamed.
#[derive(Clone, Debug)]
pub(crate) struct ChannelRenamed {
    /// `nick!user@host` of whoever did it.
    pub(crate) by: String,
    pub(crate) channel: ChannelId,
    /// The old name.
    pub(crate) old: ChannelName,
    /// The reason, which may be empty.
    pub(crate) reason: String,
}

/// A channel was cleared of its members.
#[derive(Clone, Debug)]
pub(crate) struct ChannelCleared {
    pub(crate) channel: ChannelName,
    /// The members who were removed.
    pub(crate) removed: Vec<UserId>,
    /// The member who did it, if they are one.
    pub(crate) stays: Option<UserId>,
    pub(crate) reason: String,
}

/// A message was deleted.
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
    /// The reason, and the users who are told, including whoever did it.
    pub(crate) reason: OwnText<UserId>,
}

/// A user moved a read marker, or tried to.
#[derive(Clone, Debug)]
pub(crate) struct MarkedRead {
    pub(crate) user: UserId,
    pub(crate) name: ConversationName,
    /// Where the marker is now.
    pub(crate) at: Timestamp,
    /// Whether it moved.
    pub(crate) moved: bool,
}

/// A channel mode that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ModeChange {
    /// Whether it was set, rather than removed.
    pub(crate) set: bool,
    pub(crate) letter: char,
    /// The parameter as everyone sees it.
    pub(crate) param: Option<String>,
}

/// The effect of a METADATA change.
#[derive(Clone, Debug)]
pub(crate) enum MetadataTold {
    /// A key now has this value, or none; `changes` says whether that is new.
    Set { key: Key, value: Option<String>, changes: bool },
    /// These keys no longer have values.
    Cleared(Vec<Key>),
    /// These keys have other values, or none any more, because the user has signed in or out.
    Others(Vec<(Key, Option<String>)>),
}
