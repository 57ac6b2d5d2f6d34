//! Requests that the administrator sends from outside IRC, and the answers to them.
//!
//! The daemon accepts requests only from those who can read and write its files anyway, so nothing is hidden
//! from them and every request is allowed. A request that changes something becomes an ordinary entry and is
//! recorded.

use std::net::IpAddr;

use parla_proto::{AccountName, Timestamp};

use crate::{
    base::settings::{AccessPolicy, AccountSettings},
    network::{
        account::{AccountId, Fingerprint, PasswordProof},
        app_password::AppPassword,
        channel::{ChannelState, Rank},
        entry::{AccountEdit, NewInvitation, WhichDevices},
    },
};

/// A request of the administrator.
#[derive(Clone, Debug)]
pub enum AdminRequest {
    /// Lists the next channels after a name, in the order of their names.
    Channels {
        /// The name to continue after; `None` starts with the first channel.
        after: Option<String>,
    },
    /// Shows one channel in full.
    Channel {
        /// The channel's name.
        name: String,
    },
    /// Changes modes and ranks.
    ChangeModes {
        /// The channel's name.
        channel: String,
        /// Mode letters with `+` and `-`.
        letters: String,
        /// The modes' parameters, in order.
        params: Vec<String>,
    },
    /// Repairs a channel.
    Repair {
        /// The channel's name.
        channel: String,
        /// What is to be done with it.
        repair: AdminRepair,
    },
    /// Makes an account the owner of a channel, or takes the channel away from its owner.
    SetOwner {
        /// The channel's name.
        channel: String,
        /// The account's name; `None` so that the channel belongs to nobody.
        account: Option<String>,
    },
    /// Asks who may come in, or decides it.
    Access {
        /// The decision; `None` to ask.
        policy: Option<AccessPolicy>,
    },
    /// Lists the next accounts after a name, in the order of their names.
    Accounts {
        /// The name to continue after; `None` starts with the first account.
        after: Option<String>,
    },
    /// Shows one account in full.
    Account {
        /// The account's name.
        name: String,
    },
    /// Creates an account. A user who has its name as their nick without being signed in gets another nick.
    CreateAccount {
        /// The account's name.
        name: String,
        /// What is to be kept of its password.
        password: PasswordProof,
    },
    /// Changes or deletes an account.
    ChangeAccount {
        /// The account's name.
        name: String,
        /// What is to be done with it.
        edit: AccountEdit,
    },
    /// Signs devices of an account out.
    SignOut {
        /// The account's name.
        name: String,
        /// Which of them; not [`WhichDevices::This`].
        which: WhichDevices,
    },
    /// Lists the next invitations after a number, in the order in which they were made.
    Invitations {
        /// The number to continue after; `None` starts with the first.
        after: Option<u64>,
    },
    /// Shows the invitation with this code to whoever has it, if it can still be used.
    Invitation {
        /// The code, as it was given.
        code: String,
    },
    /// Makes an invitation.
    CreateInvitation {
        /// The names of the channels that it leads to.
        channels: Vec<String>,
        /// Everything else about it; its channels are empty.
        new: NewInvitation,
    },
    /// Takes an invitation back.
    RevokeInvitation {
        /// Its number.
        invitation: u64,
    },
    /// Makes the invitation with which the first person comes to own the server, unless it exists; refused if
    /// somebody owns the server already.
    SetUp,
    /// Creates an account for somebody who has an invitation.
    SignUp {
        /// The code of the invitation, as it was given.
        code: String,
        /// The name of the account.
        name: String,
        /// What is to be kept of its password.
        password: PasswordProof,
        /// The visitor's address.
        address: IpAddr,
    },
}

/// An invitation, as the administrator and whoever has its code see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationSummary {
    /// The network's number of the invitation.
    pub id: u64,
    /// Its code.
    pub code: String,
    /// The network that it leads to.
    pub network: String,
    /// The account of whoever made it; `None` if the administrator did.
    pub made_by: Option<String>,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when it can be used; `None` if there is no end.
    pub expires_at: Option<Timestamp>,
    /// How many more people can use it.
    pub uses_left: u32,
    /// The channels that it leads to.
    pub channels: Vec<String>,
    /// Whether whoever uses it owns the server from then on.
    pub makes_owner: bool,
    /// If nobody can use it any more: the reason, as a sentence without its full stop.
    pub over: Option<String>,
    /// What the password of a new account must be like.
    pub accounts: AccountSettings,
}

/// How a channel is repaired, with names as a person typed them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdminRepair {
    /// Deletes the channel and everything that is kept of it, for this reason.
    Delete(Option<String>),
    /// Gives the channel the modes of a new one, and empties its lists.
    Reset,
    /// Makes the member with this nick its owner.
    Give(String),
}

/// The answer to an [`AdminRequest`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdminAnswer {
    /// The channels that were asked for.
    Channels {
        /// The channels, in the order of their names.
        channels: Vec<ChannelSummary>,
        /// Whether more channels follow.
        has_more: bool,
    },
    /// The channel that was asked for.
    Channel(Box<ChannelDetails>),
    /// The accounts that were asked for.
    Accounts {
        /// The accounts, in the order of their names.
        accounts: Vec<AccountSummary>,
        /// Whether more accounts follow.
        has_more: bool,
    },
    /// The account that was asked for.
    Account(Box<AccountDetails>),
    /// The invitations that were asked for.
    Invitations {
        /// The invitations, in the order in which they were made.
        invitations: Vec<InvitationSummary>,
        /// Whether more invitations follow.
        has_more: bool,
    },
    /// The invitation that was asked for, or made.
    Invitation(Box<InvitationSummary>),
    /// Who may come in.
    Access {
        /// The decision.
        policy: AccessPolicy,
        /// Whether the configuration says so.
        is_in_file: bool,
    },
    /// The request was carried out, except for what was refused.
    Done {
        /// The modes of the channel that the request was about, with the key; `None` if there is no such
        /// channel, or the request was about an account.
        modes: Option<String>,
        /// What was refused, one sentence each; everything else was done.
        refused: Vec<String>,
    },
    /// Nothing was done, for the reason in this sentence.
    Refused(String),
}

/// A channel, summed up in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelSummary {
    /// The name as it is displayed.
    pub name: String,
    /// How many members it has.
    pub members: usize,
    /// Modes with their parameters, except for the key: `+kl * 5`.
    pub modes: String,
    /// Empty if there is none.
    pub topic: String,
    /// When the channel was created.
    pub created_at: Timestamp,
    /// The account that owns it.
    pub owner: Option<AccountName>,
}

/// An account, summed up in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSummary {
    /// The name.
    pub name: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// Whether somebody is signed in to it now.
    pub is_present: bool,
    /// If nobody may sign in to it: why.
    pub suspended: Option<String>,
}

/// Everything about an account, except for the proofs of its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountDetails {
    /// The network's id of the account.
    pub id: AccountId,
    /// What the list says of it.
    pub summary: AccountSummary,
    /// Whether it has a password.
    pub has_password: bool,
    /// Certificates that sign in to it without a password.
    pub certificates: Vec<Fingerprint>,
    /// `nick!user@host` of whoever is signed in to it now.
    pub user: Option<String>,
    /// How many connections they have.
    pub sessions: usize,
    /// What is known of these connections, the oldest first.
    pub devices: Vec<DeviceSummary>,
    /// The passwords for single programs.
    pub app_passwords: Vec<AppPassword>,
}

/// A device that is signed in to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceSummary {
    /// Its number among the devices of its user.
    pub number: u32,
    /// What it is called, if it has a name.
    pub name: Option<String>,
    /// Whether it has signed in with an app password.
    pub is_by_app_password: bool,
    /// Its real address.
    pub address: IpAddr,
    /// When it signed in.
    pub since: Timestamp,
    /// When something was last said on it.
    pub spoke_at: Timestamp,
}

/// Everything about a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelDetails {
    /// Its persistent state.
    pub state: ChannelState,
    /// The account that owns it.
    pub owner: Option<AccountName>,
    /// The accounts with a rank in it, at most
    /// [`ADMIN_MEMBERS_MAX`](crate::base::limits::ADMIN_MEMBERS_MAX).
    pub ranked: Vec<(AccountName, Rank)>,
    /// Modes with their parameters, including the key: `+kl word 5`.
    pub modes: String,
    /// The members in the order of joining, at most
    /// [`ADMIN_MEMBERS_MAX`](crate::base::limits::ADMIN_MEMBERS_MAX).
    pub members: Vec<Member>,
    /// How many members it has, including those not listed.
    pub member_count: usize,
}

/// One member of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The signs of all their ranks, from the highest; empty without a rank.
    pub signs: String,
    /// `nick!user@host`.
    pub source: String,
}
