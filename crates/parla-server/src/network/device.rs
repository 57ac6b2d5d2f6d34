//! The devices of a person who is signed in: their sessions, with what tells one from another.
//!
//! A device has a number, which none of the same user's later devices gets, so that nobody signs out another one
//! than they saw in the list.

use std::net::IpAddr;

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Network, UserId,
    app_password::{Proved, device_name},
    entry::SessionRef,
};
use crate::base::connection::ConnectionId;
use crate::network::{account::AccountState, entry::Meta};

/// One session of a user who is signed in to an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Device {
    pub(crate) session: SessionRef,
    /// Counts the user's devices, from 1.
    pub(crate) number: u32,
    pub(crate) proved: Proved,
    /// The real address.
    pub(crate) address: IpAddr,
    /// When it signed in.
    pub(crate) since: Timestamp,
    /// When something was last said on it; at first, when it signed in.
    pub(crate) spoke_at: Timestamp,
}

impl Device {
    /// What the person calls it: its own name, or that of its app password.
    pub(crate) fn name<'a>(&'a self, account: &'a AccountState) -> Option<&'a str> {
        let app_password = self.proved.app_password.and_then(|id| account.app_password(id));
        self.proved.device.as_deref().or_else(|| app_password.map(|known| known.name.as_str()))
    }
}

/// What a client gave as the name of an account, as the account and the name of its device: `alice@phone`. No
/// account has an `@` in its name.
pub(crate) fn split(given: &str) -> (&str, Option<String>) {
    let Some((account, device)) = given.split_once('@') else { return (given, None) };
    (account, device_name(device))
}

impl Network {
    /// Notes who signed in on the device that proposed an entry, and at which address.
    pub(crate) fn identify_device(&mut self, user: UserId, meta: &Meta, proved: Proved, address: IpAddr) {
        let Some(session) = meta.origin.session_ref() else { return };
        let devices = self.users.get_mut(&user).map(|user| user.devices_mut()).into_iter().flatten();
        if let Some(device) = devices.into_iter().find(|device| device.session == session) {
            (device.proved, device.address) = (proved, address);
            (device.since, device.spoke_at) = (meta.at, meta.at);
        }
    }

    /// Notes that something was said on the device that proposed an entry.
    pub(crate) fn device_spoke(&mut self, user: UserId, meta: &Meta) {
        let Some(session) = meta.origin.session_ref() else { return };
        let devices = self.users.get_mut(&user).map(|user| user.devices_mut()).into_iter().flatten();
        let device = devices.into_iter().find(|device| device.session == session);
        device.into_iter().for_each(|device| device.spoke_at = meta.at);
    }

    /// The device of a user that proposed an entry, if the user is signed in.
    pub(crate) fn device_of(&self, user: UserId, meta: &Meta) -> Option<&Device> {
        let session = meta.origin.session_ref()?;
        self.user(user)?.devices().iter().find(|device| device.session == session)
    }

    /// Whether a connection of a user has signed in with an app password.
    pub(crate) fn has_app_password(&self, user: UserId, connection: ConnectionId) -> bool {
        let devices = self.user(user).map(|user| user.devices()).unwrap_or_default();
        let mut devices = devices.iter().filter(|device| device.session.connection == connection);
        devices.any(|device| device.proved.app_password.is_some())
    }

    /// Whether whoever proposed an entry has signed in with an app password, so that they may not do what needs
    /// more.
    pub(crate) fn is_by_app_password(&self, meta: &Meta) -> bool {
        let device = meta.actor.and_then(|actor| self.device_of(actor, meta));
        device.is_some_and(|device| device.proved.app_password.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_behind_its_account() {
        assert_eq!(split("alice"), ("alice", None));
        assert_eq!(split("alice@"), ("alice", None));
        assert_eq!(split("alice@phone"), ("alice", Some("phone".to_owned())));
        assert_eq!(split("alice@my\u{1b} pho@ne"), ("alice", Some("mypho@ne".to_owned())));
        assert_eq!(split(&format!("a@{}", "x".repeat(99))).1.map(|name| name.len()), Some(32));
    }
}
