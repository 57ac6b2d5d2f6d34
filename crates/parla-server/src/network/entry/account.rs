//! Commands about accounts, and about the channels that belong to them.

use std::{net::IpAddr, time::Duration};

use parla_proto::{AccountName, ChannelName, mode::ChannelMode};
use serde::{Deserialize, Serialize};

use crate::network::{
    account::{AccountChange, AccountId, PasswordProof},
    app_password::Proved,
    invitation::InvitationId,
    rank::Rank,
};

/// Signs the actor in to an account. Whether they may was found out before it was proposed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignIn {
    /// The account. Another one may have its name by the time of the commit.
    pub account: AccountId,
    /// Whether the client waits for the end of a SASL exchange.
    pub by_sasl: bool,
    /// What the client said and showed.
    pub proved: Proved,
}

/// Signs devices out of an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignOut {
    /// Who asks for it.
    pub asker: AccountAsker,
    /// The account.
    pub account: AccountName,
    /// Which devices.
    pub which: WhichDevices,
}

/// Devices of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WhichDevices {
    /// The one that asks. It stays connected, as a guest, if the server takes guests.
    This,
    /// The one with this number, whose connection ends.
    One(u32),
    /// All but the one that asks. Their connections end.
    Others,
    /// All of them. Their connections end.
    All,
}

/// Creates an account. If its person asks for it, they are signed in to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CreateAccount {
    /// Who asks for it.
    pub asker: AccountAsker,
    /// The name.
    pub name: AccountName,
    /// The password.
    pub password: PasswordProof,
    /// The invitation that its person has.
    pub invitation: Option<InvitationId>,
    /// The address whose new accounts are counted; `None` for whoever is exempt.
    pub address: Option<IpAddr>,
}

/// Makes an invitation, takes one back, or uses one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Invitation {
    /// Who asks for it: [`AccountAsker::Command`] or [`AccountAsker::Administrator`].
    pub asker: AccountAsker,
    /// What is to be done.
    pub act: InvitationAct,
}

/// What is to be done with an invitation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum InvitationAct {
    /// Make one.
    Create(NewInvitation),
    /// Make the one with which the first person comes to own the server.
    SetUp,
    /// Take it back.
    Revoke(InvitationId),
    /// Use it for the account of the actor.
    Accept(InvitationId),
}

/// An invitation to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewInvitation {
    /// The channels that whoever uses it is brought into.
    pub channels: Vec<ChannelName>,
    /// How many people can use it.
    pub uses: u32,
    /// For how many days it can be used; `None` if there is no end.
    pub days: Option<u32>,
    /// Whether whoever uses it owns the server from then on. Only the administrator can ask for that.
    pub makes_owner: bool,
}

/// Changes an account or deletes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChangeAccount {
    /// Who asks for it.
    pub asker: AccountAsker,
    /// The account.
    pub name: AccountName,
    /// What is to be done with it.
    pub edit: AccountEdit,
}

/// Changes whose a channel is, or which ranks an account has there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OwnChannel {
    /// Who asks for it; [`AccountAsker::Command`] never does.
    pub asker: AccountAsker,
    /// The channel.
    pub channel: ChannelName,
    /// What is to be done.
    pub act: Ownership,
}

/// What is to be done with a channel's owner or members.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Ownership {
    /// An operator of a channel without an owner becomes its owner.
    Register,
    /// The channel belongs to nobody from now on.
    Unregister,
    /// The channel belongs to another account; if its owner asks for it, as soon as that account accepts it.
    Transfer(AccountName),
    /// The account of the actor accepts a channel that is offered to it.
    Accept,
    /// An offer is taken back, or declined.
    Decline,
    /// Changes how the channel treats what is said in it.
    Set(ChannelSetting),
    /// Removes something from the channel.
    Clear(Clearance),
    /// An account gets these ranks, and no others, whenever it enters; with `None` it is forgotten.
    Access {
        /// The account.
        account: AccountName,
        /// The ranks.
        rank: Option<Rank>,
    },
}

/// A setting of a channel that only its owner changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChannelSetting {
    /// How long its messages are kept; `None` for as long as all others.
    Retain(Option<Duration>),
    /// How many of the messages from before they came newcomers may read; `None` for all.
    NewcomersRead(Option<u32>),
}

/// What is to be removed from a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Clearance {
    /// Its members, except for the actor, for this reason.
    Users(Option<String>),
    /// All ranks, and whom it remembers, except for its owner.
    Access,
    /// The entries of a list.
    List(ChannelMode),
}

/// What is to be done with an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum AccountEdit {
    /// Change it.
    Change(AccountChange),
    /// Delete it.
    Delete,
}

/// Who asks for something to be done with an account, and by which way they get the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountAsker {
    /// Its person, with the command REGISTER.
    Command,
    /// Its person, who has opened an invitation in a browser; the daemon's request had this number. There is no
    /// actor.
    Visitor(u64),
    /// Its person, in a message to NickServ.
    Person,
    /// An operator of the server, in a message to NickServ; the commit checks their privilege.
    Operator,
    /// The administrator, whose request to the daemon had this number. There is no actor.
    Administrator(u64),
}

impl AccountAsker {
    /// The number of the daemon's request, which the administrator or a visitor made.
    pub(super) const fn request(self) -> Option<u64> {
        match self {
            Self::Administrator(id) | Self::Visitor(id) => Some(id),
            Self::Command | Self::Person | Self::Operator => None,
        }
    }
}
