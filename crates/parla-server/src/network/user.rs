//! One user of the network.

use std::{collections::BTreeMap, net::IpAddr};

use parla_proto::{AccountName, Nick, Source, Timestamp, metadata::Key, mode::UserModes};
use serde::{Deserialize, Serialize};

use super::{
    ChannelId, UserId, app_password::Proved, device::Device, grant::OperatorGrant,
    recent_messages::RecentMessages,
};
use crate::{
    base::{few::Few, limits::ACCEPTED_MAX},
    network::entry::{Meta, NodeId, Register, SessionRef},
};

/// A person or a bot that has registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct User {
    /// The sessions through which the user is present, the oldest first.
    sessions: Few<SessionRef>,
    nick: Nick,
    /// `nick!user@host`, which every line from the user starts with.
    source: Box<str>,
    address: IpAddr,
    pub(crate) realname: Box<str>,
    /// The away text; `None` if the user is not away.
    pub(crate) away: Option<Box<str>>,
    pub(crate) modes: UserModes,
    /// The account the user is logged in to.
    account: Option<Box<AccountName>>,
    /// The channels the user is in, in the order of joining.
    pub(crate) channels: Vec<ChannelId>,
    pub(crate) signed_on: Timestamp,
    /// When the user last sent a message.
    pub(crate) spoke_at: Timestamp,
    /// Whether the user's address is exempt from counting and throttling.
    pub(crate) is_exempt: bool,
    /// Whether the user stays present without a session.
    stays: bool,
    /// Whether the user is away only because they have no session.
    pub(crate) is_away_alone: bool,
    /// `None` for users who have none of it, as most do.
    rare: Option<Box<Rare>>,
}

/// What few users have, kept apart so that the many who only listen take little memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Rare {
    /// Users who may send to this one despite mode `R`, from the oldest.
    accepted: Vec<UserId>,
    /// The grant from OPER.
    operator: Option<Box<OperatorGrant>>,
    /// The METADATA values of a guest.
    metadata: BTreeMap<Key, String>,
    /// The messages that the user can delete.
    recent_messages: RecentMessages,
    /// What is known of the user's sessions, in the same order, if they are signed in to an account.
    devices: Vec<Device>,
    /// How many devices the user has had.
    devices_had: u32,
}

static NO_METADATA: BTreeMap<Key, String> = BTreeMap::new();

impl User {
    /// A user who has just registered and has no session yet.
    ///
    /// `account` is what they are signed in to.
    pub(crate) fn new(register: Register, account: Option<AccountName>, meta: &Meta) -> Self {
        let Register {
            nick,
            user,
            host,
            address,
            modes,
            realname,
            account: _,
            proved: _,
            invitation: _,
            metadata,
            is_exempt,
        } = register;
        let source = Source::of_user(nick.as_str(), &user, &host).to_string().into_boxed_str();
        let rare = Rare { metadata, ..Rare::default() };
        Self {
            sessions: Few::default(),
            nick,
            source,
            address,
            realname: realname.into(),
            away: None,
            modes: modes | account.as_ref().map_or(UserModes::empty(), |_| UserModes::REGISTERED),
            account: account.map(Box::new),
            channels: Vec::new(),
            signed_on: meta.at,
            spoke_at: meta.at,
            is_exempt,
            stays: false,
            is_away_alone: false,
            rare: (!rare.metadata.is_empty()).then(|| Box::new(rare)),
        }
    }

    /// The sessions through which the user is present, the oldest first. There may be none.
    pub(crate) fn sessions(&self) -> &[SessionRef] {
        self.sessions.as_slice()
    }

    /// Whether one of the sessions is on this machine.
    pub(crate) fn is_at(&self, node: NodeId) -> bool {
        self.sessions().iter().any(|session| session.node == node)
    }

    /// Called only by [`super::Network::begin_session`].
    pub(super) fn begin_session(&mut self, session: SessionRef) {
        self.sessions.push(session);
        if self.account.is_some() {
            self.add_device(session);
        }
    }

    fn add_device(&mut self, session: SessionRef) {
        let (address, since) = (self.address, self.spoke_at);
        let rare = self.rare_mut();
        rare.devices_had += 1;
        let number = rare.devices_had;
        rare.devices.push(Device {
            session,
            number,
            proved: Proved::default(),
            address,
            since,
            spoke_at: since,
        });
    }

    /// What is known of the user's sessions, the oldest first; empty for guests.
    pub(crate) fn devices(&self) -> &[Device] {
        self.rare.as_ref().map_or(&[], |rare| &rare.devices)
    }

    /// Called only by [`super::Network::identify_device`].
    pub(super) fn devices_mut(&mut self) -> &mut [Device] {
        self.rare.as_mut().map_or(&mut [], |rare| &mut rare.devices)
    }

    /// Called only by [`super::Network::end_sessions`].
    pub(super) fn end_sessions(&mut self, has_ended: impl Fn(&SessionRef) -> bool) {
        self.sessions.retain(|session| !has_ended(session));
        if let Some(rare) = &mut self.rare {
            rare.devices.retain(|device| !has_ended(&device.session));
        }
    }

    /// Whether the user must go because nothing keeps them here: they have no session, and are not one of those
    /// who stay without.
    pub(crate) fn is_over(&self) -> bool {
        self.sessions().is_empty() && !self.stays
    }

    /// Whether the user stays present without a session.
    pub(crate) const fn stays(&self) -> bool {
        self.stays
    }

    /// Called only by [`super::Network::update_stay`].
    pub(super) const fn set_stays(&mut self, stays: bool) {
        self.stays = stays;
    }

    pub(crate) const fn nick(&self) -> &Nick {
        &self.nick
    }

    /// `nick!user@host`.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// `nick!user`, for where the address is shown separately.
    pub(crate) fn called(&self) -> String {
        let source = Source::parse(&self.source);
        format!("{}!{}", source.name, source.user.unwrap_or_default())
    }

    /// The name the user gave when registering.
    pub(crate) fn user(&self) -> &str {
        Source::parse(&self.source).user.unwrap_or_default()
    }

    pub(crate) fn host(&self) -> &str {
        Source::parse(&self.source).host.unwrap_or_default()
    }

    /// The real address, which only the user and operators see. Others see the host.
    pub(crate) const fn address(&self) -> IpAddr {
        self.address
    }

    /// The user's name in the administrator's record, with the real address.
    pub(crate) fn for_record(&self) -> String {
        let operator = self.operator().map(|grant| format!(" ({})", grant.name)).unwrap_or_default();
        format!("{}{operator} at {}", self.source, self.address)
    }

    /// The account the user is logged in to.
    pub(crate) fn account(&self) -> Option<&AccountName> {
        self.account.as_deref()
    }

    /// Called only by [`super::Network::set_account`].
    pub(super) fn set_account(&mut self, account: Option<AccountName>) {
        self.modes.set(UserModes::REGISTERED, account.is_some());
        self.account = account.map(Box::new);
        if let Some(rare) = &mut self.rare {
            rare.devices.clear();
        }
        if self.account.is_some() {
            for session in self.sessions().to_vec() {
                self.add_device(session);
            }
        }
    }

    /// The grant from OPER, if the user is an operator of the server.
    pub(crate) fn operator(&self) -> Option<&OperatorGrant> {
        self.rare.as_ref()?.operator.as_deref()
    }

    /// Called only by [`super::Network::set_operator`], which also sets mode `o`.
    pub(super) fn set_operator(&mut self, grant: Option<Box<OperatorGrant>>) {
        if grant.is_some() || self.rare.is_some() {
            self.rare_mut().operator = grant;
        }
    }

    /// Whether the user has declared to be a bot.
    pub(crate) const fn is_bot(&self) -> bool {
        self.modes.contains(UserModes::BOT)
    }

    /// Whether only those who share a channel with the user may see that they are here.
    pub(crate) const fn is_invisible(&self) -> bool {
        self.modes.contains(UserModes::INVISIBLE)
    }

    /// Whether the user is an operator of the server.
    pub(crate) fn is_operator(&self) -> bool {
        self.operator().is_some()
    }

    /// The METADATA values of a guest. Those of anybody else belong to their account; see
    /// [`super::Network::values_of`].
    pub(super) fn guest_values(&self) -> &BTreeMap<Key, String> {
        self.rare.as_ref().map_or(&NO_METADATA, |rare| &rare.metadata)
    }

    /// The same, to be changed.
    pub(super) fn guest_values_mut(&mut self) -> &mut BTreeMap<Key, String> {
        &mut self.rare_mut().metadata
    }

    /// The messages that the user can delete.
    pub(crate) fn recent_messages(&self) -> Option<&RecentMessages> {
        self.rare.as_ref().map(|rare| &rare.recent_messages)
    }

    /// The messages that the user can delete, to be changed.
    pub(crate) fn recent_messages_mut(&mut self) -> &mut RecentMessages {
        &mut self.rare_mut().recent_messages
    }

    fn rare_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    pub(crate) fn set_host(&mut self, host: &str) {
        self.source = Source::of_user(self.nick.as_str(), self.user(), host).to_string().into_boxed_str();
    }

    /// Allows somebody to whom the user wrote to answer, even if the user has mode `R`.
    pub(crate) fn accept(&mut self, other: UserId) {
        let accepted = &mut self.rare_mut().accepted;
        if accepted.contains(&other) {
            return;
        }
        if accepted.len() >= ACCEPTED_MAX {
            accepted.remove(0);
        }
        accepted.push(other);
    }

    /// Those who may send to this user despite mode `R`, from the oldest.
    pub(crate) fn accepted(&self) -> &[UserId] {
        self.rare.as_ref().map_or(&[], |rare| &rare.accepted)
    }

    /// Takes somebody off the list of those who may send to this user despite mode `R`.
    pub(crate) fn stop_accepting(&mut self, other: UserId) {
        self.rare_mut().accepted.retain(|known| *known != other);
    }

    /// Whether somebody may send to this user. With mode `R`, they must be logged in, an operator, or
    /// answering.
    pub(crate) fn hears(&self, id: UserId, other: &Self) -> bool {
        !self.modes.contains(UserModes::REGISTERED_ONLY)
            || other.account.is_some()
            || other.is_operator()
            || self.rare.as_ref().is_some_and(|rare| rare.accepted.contains(&id))
    }

    pub(crate) fn rename(&mut self, nick: Nick) {
        self.source = Source::of_user(nick.as_str(), self.user(), self.host()).to_string().into_boxed_str();
        self.nick = nick;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every idle client has one of these, so its size matters.
    #[test]
    fn a_user_with_one_session_is_small() {
        assert_eq!(size_of::<Few<SessionRef>>(), 16);
        assert!(size_of::<User>() <= 176, "{}", size_of::<User>());
    }
}
