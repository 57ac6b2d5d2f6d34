//! One user as the network knows it.

use std::{collections::BTreeMap, net::IpAddr};

use parla_proto::{Mask, Nick, Source, Timestamp, metadata::Key, mode::UserModes};

use super::{ChannelId, UserId, operator::OperatorGrant, said::Said};
use crate::{entry::Register, limits::ACCEPTED_MAX};

/// A person or a bot that has registered.
#[derive(Clone, Debug)]
pub(crate) struct User {
    nick: Nick,
    /// `nick!user@host`, which every line of the user starts with.
    source: Box<str>,
    address: IpAddr,
    pub(crate) realname: Box<str>,
    /// Why the user is away; none: here.
    pub(crate) away: Option<Box<str>>,
    pub(crate) modes: UserModes,
    /// The account the user is logged in to.
    account: Option<Box<str>>,
    /// Who may send although the user has mode `R`, from the oldest.
    accepted: Vec<UserId>,
    /// What OPER gave; none for most.
    operator: Option<Box<OperatorGrant>>,
    /// The channels the user is in, in the order of joining.
    pub(crate) channels: Vec<ChannelId>,
    pub(crate) signed_on: Timestamp,
    /// When the user last sent a message.
    pub(crate) spoke_at: Timestamp,
    /// What the user says of itself.
    pub(crate) metadata: BTreeMap<Key, String>,
    /// What the user can take back.
    pub(crate) said: Said,
}

impl User {
    pub(crate) fn new(register: Register, at: Timestamp) -> Self {
        let Register { nick, user, host, address, modes, realname, metadata } = register;
        let source = Source::of_user(nick.as_str(), &user, &host).to_string().into_boxed_str();
        Self {
            nick,
            source,
            address,
            realname: realname.into(),
            away: None,
            modes,
            account: None,
            accepted: Vec::new(),
            operator: None,
            channels: Vec::new(),
            signed_on: at,
            spoke_at: at,
            metadata,
            said: Said::default(),
        }
    }

    pub(crate) const fn nick(&self) -> &Nick {
        &self.nick
    }

    /// `nick!user@host`.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// The mask that matches this user and nobody else.
    pub(crate) fn as_mask(&self) -> Mask {
        Mask::exact(&Source::parse(&self.source))
    }

    /// The name the user gave when registering.
    pub(crate) fn user(&self) -> &str {
        Source::parse(&self.source).user.unwrap_or_default()
    }

    pub(crate) fn host(&self) -> &str {
        Source::parse(&self.source).host.unwrap_or_default()
    }

    /// The real address, for the user and for operators only. What others see is the host.
    pub(crate) const fn address(&self) -> IpAddr {
        self.address
    }

    /// The account the user is logged in to.
    pub(crate) fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// Logs the user in, or out.
    pub(crate) fn set_account(&mut self, account: Option<Box<str>>) {
        self.modes.set(UserModes::REGISTERED, account.is_some());
        self.account = account;
    }

    /// What OPER gave the user, if it is an operator of the server.
    pub(crate) fn operator(&self) -> Option<&OperatorGrant> {
        self.operator.as_deref()
    }

    /// Only [`super::Network::set_operator`] calls this: mode `o` goes with it.
    pub(super) fn set_operator(&mut self, grant: Option<Box<OperatorGrant>>) {
        self.operator = grant;
    }

    /// Whether the user says that it is a program.
    pub(crate) const fn is_bot(&self) -> bool {
        self.modes.contains(UserModes::BOT)
    }

    /// Whether only those who share a channel may see that the user is here.
    pub(crate) const fn is_invisible(&self) -> bool {
        self.modes.contains(UserModes::INVISIBLE)
    }

    /// Whether the user is an operator of the server.
    pub(crate) const fn is_operator(&self) -> bool {
        self.operator.is_some()
    }

    pub(crate) fn set_host(&mut self, host: &str) {
        self.source = Source::of_user(self.nick.as_str(), self.user(), host).to_string().into_boxed_str();
    }

    /// Lets someone answer whom the user wrote to, although the user has mode `R`.
    pub(crate) fn accept(&mut self, other: UserId) {
        if self.accepted.contains(&other) {
            return;
        }
        if self.accepted.len() >= ACCEPTED_MAX {
            self.accepted.remove(0);
        }
        self.accepted.push(other);
    }

    /// Whether someone may send to this user: with mode `R` only who is logged in, an operator, or who is answering.
    pub(crate) fn hears(&self, id: UserId, other: &Self) -> bool {
        !self.modes.contains(UserModes::REGISTERED_ONLY)
            || other.account.is_some()
            || other.operator.is_some()
            || self.accepted.contains(&id)
    }

    pub(crate) fn rename(&mut self, nick: Nick) {
        self.source = Source::of_user(nick.as_str(), self.user(), self.host()).to_string().into_boxed_str();
        self.nick = nick;
    }
}
