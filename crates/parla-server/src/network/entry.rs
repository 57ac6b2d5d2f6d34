//! Entries: the ordered commands from which every machine builds the same network.

mod account;
mod mode;
mod oversight;
mod say;

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use parla_proto::{ChannelName, Nick, Timestamp, metadata::Key, mode::UserModes};
use serde::{Deserialize, Serialize};

pub use self::{
    account::{
        AccountAsker, AccountEdit, ChangeAccount, ChannelSetting, Clearance, CreateAccount, Invitation,
        InvitationAct, NewInvitation, OwnChannel, Ownership, SignIn, SignOut, WhichDevices,
    },
    oversight::{Authority, Close, Repair},
    say::Verb,
};
pub(crate) use self::{
    mode::{Mode, ModeStep},
    oversight::{Room, Sajoin, Samode, Sapart},
    say::{Content, Say, SayTarget},
};
use crate::{
    base::{
        connection::ConnectionId,
        settings::{AccessPolicy, NetworkSettings},
    },
    network::{
        UserId,
        account::AccountId,
        app_password::Proved,
        conversation::{Conversation, ConversationName},
        grant::OperatorGrant,
        invitation::InvitationId,
    },
};

/// A numbered command.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its number, time and origin.
    pub meta: Meta,
    /// What it does.
    pub command: EntryCommand,
}

/// Where an entry stands in the log, and where it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meta {
    /// The number. Later entries have higher ones, even after a restart.
    pub seq: u64,
    /// The time of the commit. It never decreases from one entry to the next.
    pub at: Timestamp,
    /// Where the command came from.
    pub origin: Origin,
    /// The user who acts; `None` during registration, and for what a machine or the administrator does.
    pub actor: Option<UserId>,
}

impl Meta {
    /// The metadata of something that is so when the server starts.
    pub(crate) const fn at_start(seq: u64, at: Timestamp) -> Self {
        let origin = Origin { node: NodeId::ALONE, epoch: Epoch(0), session: None };
        Self { seq, at, origin, actor: None }
    }
}

#[cfg(test)]
impl Meta {
    /// The metadata of an entry that nobody asked for, dated at the beginning of time.
    pub(crate) fn from_nobody(seq: u64) -> Self {
        let origin = Origin { node: NodeId::ALONE, epoch: Epoch(1), session: None };
        Self { seq, at: Timestamp::default(), origin, actor: None }
    }
}

/// Where a command came from. It is unique to each session of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The machine that proposed it.
    pub node: NodeId,
    /// The machine's epoch when it proposed it, so that a later run does not mistake it for its own.
    pub epoch: Epoch,
    /// The connection on that machine that gets the answer; `None` for what a machine or its administrator
    /// does.
    pub session: Option<ConnectionId>,
}

impl Origin {
    /// The session that it came from, if it came from one.
    pub(crate) fn session_ref(self) -> Option<SessionRef> {
        self.session.map(|connection| SessionRef { node: self.node, connection })
    }
}

/// A session: one connection of one machine. No two sessions of a network have the same one at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SessionRef {
    /// The machine that has the connection.
    pub node: NodeId,
    /// The connection on that machine.
    pub connection: ConnectionId,
}

/// One machine of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The id of a server that is its network's only machine.
    pub const ALONE: Self = Self(0);
}

/// One run of a machine, from the time it comes up until it stops or is declared dead; given by the number of
/// the entry that brought it up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Epoch(pub u64);

/// Commands on their way into the log, which gives them their place and time. They are numbered at commit.
///
/// What one line of a client asks for is one proposal, so that nothing from others comes between: a client
/// that joins two channels by one labelled line is told about both at the end, and must not hear earlier what
/// is going on in the first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Proposal {
    /// Where it came from.
    pub origin: Origin,
    /// Counts the machine's proposals in this epoch, starting with 1. A duplicate or one out of order is not
    /// carried out.
    pub number: u64,
    /// The user who acts; `None` during registration, and for what a machine or the administrator does.
    pub actor: Option<UserId>,
    /// The commands, in order.
    pub commands: Vec<EntryCommand>,
}

/// Who is proposing something on this machine.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Proposer {
    /// The connection that gets the answer.
    pub(crate) session: Option<ConnectionId>,
    /// The user who acts.
    pub(crate) actor: Option<UserId>,
}

/// What an entry does. Names were parsed before it was proposed, but whom they refer to is decided at commit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is named after the command of IRC that asks for it")]
pub enum EntryCommand {
    Register(Box<Register>),
    Nick(Nick),
    /// A client sent QUIT, or its connection ended.
    SessionEnded(SessionEnded),
    Join(Join),
    Part(Part),
    Say(Box<Say>),
    Topic(Topic),
    Mode(Mode),
    UserMode(UserMode),
    Kick(Kick),
    Invite(Invite),
    Invitation(Box<Invitation>),
    Away(Option<String>),
    Metadata(Box<Metadata>),
    Setname(String),
    Account(Box<SignIn>),
    SignOut(Box<SignOut>),
    OwnChannel(Box<OwnChannel>),
    CreateAccount(Box<CreateAccount>),
    ChangeAccount(Box<ChangeAccount>),
    Oper(Box<OperatorGrant>),
    Kill(Kill),
    Wallops(String),
    Chghost(Chghost),
    /// REHASH, or the administrator's signal. There is no actor.
    Reconfigure(Arc<NetworkSettings>),
    Rename(Rename),
    Redact(Box<Redact>),
    Markread(Markread),
    Sajoin(Sajoin),
    Sapart(Sapart),
    Samode(Samode),
    Room(Room),
    /// CHANSERV PURGE.
    Close(Box<Close>),
    /// ACCESS, or the administrator's command.
    Access(Access),
    /// Lets somebody write to the actor in spite of mode `R`, or not any more.
    Accept(Accept),
    /// A timer: forgets channels that have been empty for a long time. There is no actor.
    ForgetEmpty,
    /// A timer: deletes messages that are too old. There is no actor.
    Expire,
    /// The proposing machine has started, or returns after it was declared dead. There is no actor.
    NodeUp(NodeUp),
    /// Another machine declares this one dead. There is no actor.
    NodeDown(NodeDown),
}

/// A machine comes up, so any sessions it had before have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeUp {
    /// A random number that the process picked at its start, by which it recognizes its own entry.
    pub run: u64,
    /// The machine's last epoch as far as the process knew. If there has been a later one, this entry is
    /// obsolete.
    pub after: Option<Epoch>,
}

/// A machine is declared dead: its sessions end, and its further proposals in this epoch are not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeDown {
    /// The machine.
    pub node: NodeId,
    /// Its epoch.
    pub epoch: Epoch,
}

impl EntryCommand {
    /// Whether it may change to which account somebody is signed in.
    pub(crate) const fn is_of_accounts(&self) -> bool {
        matches!(self, Self::Account(_) | Self::SignOut(_) | Self::CreateAccount(_) | Self::ChangeAccount(_))
    }

    /// If the administrator asked for this, or a visitor of the page: the number of the request, and what it is
    /// about; `seq` is the number of the entry.
    pub(crate) fn asked_by_administrator(&self, seq: u64) -> Option<(u64, About)> {
        let of_account = |asker: AccountAsker| asker.request().map(|id| (id, About::Other));
        match self {
            Self::Samode(Samode { authority: Authority::Administrator(id), mode }) => {
                Some((*id, About::Channel(mode.channel.clone())))
            }
            Self::Room(Room { authority: Authority::Administrator(id), channel, .. }) => {
                Some((*id, About::Channel(channel.clone())))
            }
            Self::OwnChannel(own) => own.asker.request().map(|id| (id, About::Channel(own.channel.clone()))),
            Self::Invitation(invitation) => {
                let is_new = matches!(invitation.act, InvitationAct::Create(_) | InvitationAct::SetUp);
                let new = || About::NewInvitation(InvitationId::from_number(seq));
                invitation.asker.request().map(|id| (id, if is_new { new() } else { About::Other }))
            }
            Self::SignOut(out) => of_account(out.asker),
            Self::Access(access) => access.asker.request().map(|id| (id, About::Access)),
            Self::CreateAccount(create) => of_account(create.asker),
            Self::ChangeAccount(change) => of_account(change.asker),
            _ => None,
        }
    }
}

/// What a request of the administrator is about, as far as the answer shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// A channel.
    Channel(ChannelName),
    /// An invitation that is being made.
    NewInvitation(InvitationId),
    /// Who may come in.
    Access,
    /// Anything else.
    Other,
}

/// Turns a connection into a user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Register {
    /// The nick.
    pub nick: Nick,
    /// The user name.
    pub user: String,
    /// The host that others see.
    pub host: String,
    /// The real address.
    pub address: IpAddr,
    /// Modes that follow from how the client is connected.
    pub modes: UserModes,
    /// The real name.
    pub realname: String,
    /// The account that the client has signed in to.
    pub account: Option<AccountId>,
    /// What the client said and showed when it signed in.
    pub proved: Proved,
    /// The invitation that the client has and no account has used yet.
    pub invitation: Option<InvitationId>,
    /// METADATA values that were set before.
    pub metadata: BTreeMap<Key, String>,
    /// Whether the address is exempt from counting and throttling.
    pub is_exempt: bool,
}

/// Ends a session of the actor. The commit decides whether that removes the user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SessionEnded {
    /// The session that ended.
    pub session: SessionRef,
    /// Why it ended. Others read it if the user is gone.
    pub why: EndReason,
}

/// Why a session ended or a user is gone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum EndReason {
    /// In the user's own words, which mutes filter like any other text.
    Own(String),
    /// In the server's words.
    Servers(String),
}

/// Lets a user enter one channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Join {
    /// The channel, which is created if it does not exist.
    pub channel: ChannelName,
    /// The key for `+k`.
    pub key: Option<String>,
}

/// Lets a user leave one channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Part {
    /// The channel.
    pub channel: ChannelName,
    /// The reason, if one was given.
    pub reason: Option<String>,
}

/// Sets a topic.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Topic {
    /// The channel.
    pub channel: ChannelName,
    /// Empty to clear it.
    pub text: String,
}

/// Changes the actor's own modes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct UserMode {
    /// Modes to set.
    pub set: UserModes,
    /// Modes to remove.
    pub unset: UserModes,
}

/// Removes a member from a channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kick {
    /// The channel.
    pub channel: ChannelName,
    /// The member.
    pub nick: Nick,
    /// The reason, if one was given.
    pub reason: Option<String>,
}

/// Invites a user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Invite {
    /// The user who is invited.
    pub nick: Nick,
    /// The channel that they are invited to.
    pub channel: ChannelName,
}

/// Decides who may come in.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Access {
    /// Who asks for it: [`AccountAsker::Person`] or [`AccountAsker::Administrator`].
    pub asker: AccountAsker,
    /// The decision.
    pub policy: AccessPolicy,
}

/// Lets somebody write to the actor in spite of mode `R`, or not any more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Accept {
    /// The other user.
    pub nick: Nick,
    /// Whether they may.
    pub is_accepted: bool,
}

/// Disconnects users from the network.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kill {
    /// The users.
    pub nicks: Vec<Nick>,
    /// The reason.
    pub reason: String,
}

/// Changes the host that a user shows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Chghost {
    /// The user.
    pub nick: Nick,
    /// The new host, as the operator wrote it.
    pub host: String,
}

/// Changes METADATA values of a user or a channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Metadata {
    /// The owner of the values; `None` for the actor.
    pub target: Option<ConversationName>,
    /// The change.
    pub change: MetadataChange,
}

/// A change of METADATA values.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum MetadataChange {
    /// Sets a key, or removes it if there is no value.
    Set(Key, Option<String>),
    /// Removes all keys.
    Clear,
}

/// Renames a channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rename {
    /// The channel.
    pub channel: ChannelName,
    /// The new name.
    pub name: ChannelName,
    /// The reason; may be empty.
    pub reason: String,
}

/// Deletes a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Redact {
    /// The channel or person that it was sent to.
    pub target: ConversationName,
    /// The message's number.
    pub seq: u64,
    /// The reason, if one was given.
    pub reason: Option<String>,
    /// The conversation in which the store found it, if it was asked.
    pub stored_in: Option<Conversation>,
}

/// Records that a user has read a conversation up to a time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Markread {
    /// The conversation, as the user calls it.
    pub name: ConversationName,
    /// The time of the last message that was read.
    pub at: Timestamp,
}
