//! Entries: the one order of commands from which every machine makes the same network.

mod mode;
mod say;

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use parla_proto::{AccountName, ChannelName, Nick, Timestamp, metadata::Key, mode::UserModes};
use serde::{Deserialize, Serialize};

pub use self::say::Verb;
pub(crate) use self::{
    mode::{Mode, ModeStep},
    say::{Content, Say, SayTarget},
};
use crate::{
    base::{connection::ConnectionId, settings::NetworkSettings},
    network::{
        UserId,
        conversation::{Conversation, ConversationName},
        grant::OperatorGrant,
    },
};

/// A numbered command.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Number, time and origin.
    pub meta: Meta,
    /// What is to be done.
    pub command: EntryCommand,
}

/// What stands on the outside of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meta {
    /// The number. Later entries have higher ones, over restarts too.
    pub seq: u64,
    /// The time of the commit; later entries never have an earlier one.
    pub at: Timestamp,
    /// Where the command came from.
    pub origin: Origin,
    /// Who acts; none while registering, and for what a machine or the administrator does.
    pub actor: Option<UserId>,
}

#[cfg(test)]
impl Meta {
    /// Of an entry of this number that nobody asked for, at the beginning of time.
    pub(crate) fn from_nobody(seq: u64) -> Self {
        let origin = Origin { node: NodeId::ALONE, epoch: Epoch(1), session: None };
        Self { seq, at: Timestamp::default(), origin, actor: None }
    }
}

/// Where a command came from. No two sessions of a network ever have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The machine.
    pub node: NodeId,
    /// Which of its lives the machine proposed it in. A later one does not take it for its own.
    pub epoch: Epoch,
    /// The connection on that machine, which gets the answer; none for what a machine or its administrator does.
    pub session: Option<ConnectionId>,
}

impl Origin {
    /// The session that it is, if it is one.
    pub(crate) fn session_ref(self) -> Option<SessionRef> {
        self.session.map(|connection| SessionRef { node: self.node, connection })
    }
}

/// A session: one connection of one machine. At no time do two of a network have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SessionRef {
    /// The machine.
    pub node: NodeId,
    /// The connection on that machine.
    pub connection: ConnectionId,
}

/// One machine of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeId(pub u32);

impl NodeId {
    /// What a server that is alone calls itself.
    pub const ALONE: Self = Self(0);
}

/// One life of a machine, from when it comes up until it stops or is declared dead: the number of the entry by which it came up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Epoch(pub u64);

/// Commands on their way into the log, which gives them a place and a time. Their numbers among all they get at the commit.
///
/// What one line of a client asks for is one proposal, so that nothing of others comes between: a client that enters two channels
/// by one labelled line is told of both at the end, and must not hear before that what goes on in the first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Proposal {
    /// Where it came from.
    pub origin: Origin,
    /// Counts what the machine has proposed in this epoch, from 1. What comes twice or out of order is not carried out.
    pub number: u64,
    /// Who acts; none while registering, and for what a machine or the administrator does.
    pub actor: Option<UserId>,
    /// What is to be done, in order.
    pub commands: Vec<EntryCommand>,
}

/// Who proposes something on this machine.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Proposer {
    /// The connection that gets the answer.
    pub(crate) session: Option<ConnectionId>,
    /// Who acts.
    pub(crate) actor: Option<UserId>,
}

/// What an entry does. It has names, which were read before it was proposed; whom they mean is decided at commit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is named after the command of IRC that asks for it")]
pub enum EntryCommand {
    Register(Box<Register>),
    Nick(Nick),
    /// QUIT, or the connection is no more.
    SessionEnded(SessionEnded),
    Join(Join),
    Part(Part),
    Say(Box<Say>),
    Topic(Topic),
    Mode(Mode),
    UserMode(UserMode),
    Kick(Kick),
    Invite(Invite),
    Away(Option<String>),
    Metadata(Box<Metadata>),
    Setname(String),
    /// Logs the actor in to an account, or out.
    Account(Option<AccountName>),
    Oper(Box<OperatorGrant>),
    Kill(Kill),
    Wallops(String),
    Chghost(Chghost),
    /// REHASH, or the administrator's signal; nobody acts.
    Reconfigure(Arc<NetworkSettings>),
    Rename(Rename),
    Redact(Box<Redact>),
    Markread(Markread),
    Sajoin(Sajoin),
    Sapart(Sapart),
    Samode(Samode),
    Room(Room),
    /// A timer: channels that nobody was in for long go. Nobody acts.
    ForgetEmpty,
    /// The machine that proposes it has started, or comes back after it was declared dead. Nobody acts.
    NodeUp(NodeUp),
    /// A machine is declared dead by another. Nobody acts.
    NodeDown(NodeDown),
}

/// A machine comes up: the sessions that were on it before have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeUp {
    /// A number that the process drew when it started, by which it knows its own entry.
    pub run: u64,
    /// The machine's last epoch, as far as the process knew. If there has been a later one, this entry is too late.
    pub after: Option<Epoch>,
}

/// A machine is declared dead: its sessions have ended, and what it still proposes in this epoch is not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeDown {
    /// Which.
    pub node: NodeId,
    /// In which of its lives.
    pub epoch: Epoch,
}

impl EntryCommand {
    /// The number and the channel of what the administrator asked for, if it is that.
    pub(crate) fn asked_by_administrator(&self) -> Option<(u64, &ChannelName)> {
        match self {
            Self::Samode(Samode { authority: Authority::Administrator(id), mode }) => {
                Some((*id, &mode.channel))
            }
            Self::Room(Room { authority: Authority::Administrator(id), channel, .. }) => Some((*id, channel)),
            _ => None,
        }
    }
}

/// By what right somebody acts on a channel from outside of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Authority {
    /// As an operator of the server, which the commit checks: the actor.
    Operator,
    /// As the administrator, who asked the daemon by this number. Nobody acts.
    Administrator(u64),
}

/// A user is brought into a channel past its doors.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sajoin {
    /// Who; none: the actor.
    pub nick: Option<Nick>,
    /// Where.
    pub channel: ChannelName,
}

/// A user is taken out of a channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sapart {
    /// Who; none: the actor.
    pub nick: Option<Nick>,
    /// Where.
    pub channel: ChannelName,
    /// Why.
    pub reason: Option<String>,
}

/// A channel's modes change, whoever the members are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Samode {
    /// By what right.
    pub authority: Authority,
    /// The changes.
    pub mode: Mode,
}

/// A channel is repaired.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Room {
    /// By what right.
    pub authority: Authority,
    /// Which.
    pub channel: ChannelName,
    /// How.
    pub repair: Repair,
}

/// How a channel is repaired.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Repair {
    /// It is deleted with all that is kept of it; and why.
    Delete(Option<String>),
    /// It has the modes of a new channel and empty lists.
    Reset,
    /// It belongs to the member of this nick.
    Give(Nick),
}

/// A connection becomes a user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Register {
    /// The name it takes.
    pub nick: Nick,
    /// The user name.
    pub user: String,
    /// What others see of the address.
    pub host: String,
    /// The real address.
    pub address: IpAddr,
    /// The modes that come from how the client is connected.
    pub modes: UserModes,
    /// The real name.
    pub realname: String,
    /// What was set by METADATA before.
    pub metadata: BTreeMap<Key, String>,
    /// Whether the address is one that is neither counted nor slowed.
    pub is_exempt: bool,
}

/// A session of the actor has ended. Whether they are gone with it is decided by the commit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SessionEnded {
    /// Which.
    pub session: SessionRef,
    /// Why. Others read it if the user is gone.
    pub why: EndReason,
}

/// Why a session has ended, or a user is gone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum EndReason {
    /// In their own words, which silence holds back like others.
    Own(String),
    /// In the server's words.
    Servers(String),
}

/// A user enters one channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Join {
    /// Which; it is made if it is not there.
    pub channel: ChannelName,
    /// For `+k`.
    pub key: Option<String>,
}

/// A user leaves one channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Part {
    /// Which.
    pub channel: ChannelName,
    /// Why.
    pub reason: Option<String>,
}

/// A new topic.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Topic {
    /// Where.
    pub channel: ChannelName,
    /// Empty to clear it.
    pub text: String,
}

/// A change of the actor's own modes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct UserMode {
    /// Those that are given.
    pub set: UserModes,
    /// Those that are taken.
    pub unset: UserModes,
}

/// One member is put out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kick {
    /// Where.
    pub channel: ChannelName,
    /// Who.
    pub nick: Nick,
    /// Why.
    pub reason: Option<String>,
}

/// Someone is invited.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Invite {
    /// Who.
    pub nick: Nick,
    /// Where to.
    pub channel: ChannelName,
}

/// Users are put out of the network.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kill {
    /// Who.
    pub nicks: Vec<Nick>,
    /// Why.
    pub reason: String,
}

/// A user shows another host.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Chghost {
    /// Who.
    pub nick: Nick,
    /// The new one, as the operator wrote it.
    pub host: String,
}

/// A change of the values of a user or a channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Metadata {
    /// Whose; none: the actor's.
    pub target: Option<ConversationName>,
    /// What is changed.
    pub change: MetadataChange,
}

/// What a change of values does.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum MetadataChange {
    /// Gives a key a value, or takes it away.
    Set(Key, Option<String>),
    /// Takes all away.
    Clear,
}

/// A channel gets another name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rename {
    /// Which.
    pub channel: ChannelName,
    /// The new one.
    pub name: ChannelName,
    /// Why; may be empty.
    pub reason: String,
}

/// A message is taken back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Redact {
    /// Where it was said, or to whom.
    pub target: ConversationName,
    /// The message's number.
    pub seq: u64,
    /// Why.
    pub reason: Option<String>,
    /// The conversation in which the store had it, if that was asked.
    pub stored_in: Option<Conversation>,
}

/// A user has read up to a time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Markread {
    /// What, as they call it.
    pub name: ConversationName,
    /// The time of the last message.
    pub at: Timestamp,
}
