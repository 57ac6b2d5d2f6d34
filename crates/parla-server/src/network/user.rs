//! One user as the network knows it.

use std::net::IpAddr;

use parla_proto::{Mask, Nick, Source, Timestamp, mode::UserModes};

use super::{ChannelId, said::Said};
use crate::entry::Register;

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
    /// The channels the user is in, in the order of joining.
    pub(crate) channels: Vec<ChannelId>,
    pub(crate) signed_on: Timestamp,
    /// When the user last sent a message.
    pub(crate) spoke_at: Timestamp,
    /// What the user can take back.
    pub(crate) said: Said,
}

impl User {
    pub(crate) fn new(register: Register, at: Timestamp) -> Self {
        let Register { nick, user, host, address, modes, realname } = register;
        let source = Source::of_user(nick.as_str(), &user, &host).to_string().into_boxed_str();
        Self {
            nick,
            source,
            address,
            realname: realname.into(),
            away: None,
            modes,
            account: None,
            channels: Vec::new(),
            signed_on: at,
            spoke_at: at,
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

    /// Whether only those who share a channel may see that the user is here.
    pub(crate) const fn is_invisible(&self) -> bool {
        self.modes.contains(UserModes::INVISIBLE)
    }

    pub(crate) fn rename(&mut self, nick: Nick) {
        self.source = Source::of_user(nick.as_str(), self.user(), self.host()).to_string().into_boxed_str();
        self.nick = nick;
    }
}
