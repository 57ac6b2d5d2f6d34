//! What an account keeps of its person if they stay present without a connection, and how that changes.

use std::{collections::BTreeSet, net::IpAddr};

use parla_proto::mode::UserModes;
use serde::{Deserialize, Serialize};

use super::ChannelId;

/// A user as they are after a restart, if they stay present without a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// The nick.
    pub nick: String,
    /// The user name.
    pub user: String,
    /// The host that others see.
    pub host: String,
    /// The real address of their first connection.
    pub address: IpAddr,
    /// The real name.
    pub realname: String,
    /// The away text, if they are away.
    pub away: Option<String>,
    /// The modes that they have chosen; `None` if that is not known, so that they have those that everybody begins
    /// with.
    pub modes: Option<UserModes>,
    /// The kept channels that they are in, in the order of joining.
    pub channels: Vec<ChannelId>,
}

/// One change of a [`Presence`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PresenceChange {
    /// They have this nick.
    Nick(String),
    /// Others see this host.
    Host(String),
    /// They have this real name.
    Realname(String),
    /// They are away with this text, or not away.
    Away(Option<String>),
    /// They have chosen these modes.
    Modes(Option<UserModes>),
    /// They have entered a channel.
    Entered(ChannelId),
    /// They have left a channel.
    Left(ChannelId),
}

impl Presence {
    /// The changes that make this presence what another one is; `None` if there are no such changes.
    pub(super) fn changes_to(&self, other: &Self) -> Option<Vec<PresenceChange>> {
        let mut changes = Vec::new();
        if self.nick != other.nick {
            changes.push(PresenceChange::Nick(other.nick.clone()));
        }
        if self.host != other.host {
            changes.push(PresenceChange::Host(other.host.clone()));
        }
        if self.realname != other.realname {
            changes.push(PresenceChange::Realname(other.realname.clone()));
        }
        if self.away != other.away {
            changes.push(PresenceChange::Away(other.away.clone()));
        }
        if self.modes != other.modes {
            changes.push(PresenceChange::Modes(other.modes));
        }
        if self.channels != other.channels {
            let (before, after) = (BTreeSet::from_iter(&self.channels), BTreeSet::from_iter(&other.channels));
            changes.extend(before.difference(&after).map(|channel| PresenceChange::Left(**channel)));
            let entered = other.channels.iter().filter(|channel| !before.contains(channel));
            changes.extend(entered.map(|channel| PresenceChange::Entered(*channel)));
        }
        // The order differs if a channel is kept only now that they were in before.
        let mut result = self.clone();
        changes.iter().for_each(|change| result.apply(change.clone()));
        (result == *other).then_some(changes)
    }

    /// Whether a change would leave it as it is.
    pub(super) fn is_already(&self, change: &PresenceChange) -> bool {
        match change {
            PresenceChange::Nick(nick) => self.nick == *nick,
            PresenceChange::Host(host) => self.host == *host,
            PresenceChange::Realname(realname) => self.realname == *realname,
            PresenceChange::Away(away) => self.away == *away,
            PresenceChange::Modes(modes) => self.modes == *modes,
            PresenceChange::Entered(channel) => self.channels.contains(channel),
            PresenceChange::Left(channel) => !self.channels.contains(channel),
        }
    }

    /// Applies one change.
    pub(super) fn apply(&mut self, change: PresenceChange) {
        match change {
            PresenceChange::Nick(nick) => self.nick = nick,
            PresenceChange::Host(host) => self.host = host,
            PresenceChange::Realname(realname) => self.realname = realname,
            PresenceChange::Away(away) => self.away = away,
            PresenceChange::Modes(modes) => self.modes = modes,
            PresenceChange::Entered(channel) => self.channels.push(channel),
            PresenceChange::Left(channel) => self.channels.retain(|other| *other != channel),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presence(channels: &[u64]) -> Presence {
        Presence {
            nick: "alice".to_owned(),
            user: "alice".to_owned(),
            host: "a.b".to_owned(),
            address: IpAddr::from([192, 0, 2, 1]),
            realname: "Alice".to_owned(),
            away: None,
            modes: Some(UserModes::empty()),
            channels: channels.iter().copied().map(ChannelId::from_number).collect(),
        }
    }

    #[test]
    fn only_what_has_changed_is_a_change() {
        let before = presence(&[1, 2, 3]);
        let away = Presence { away: Some("lunch".to_owned()), nick: "alicia".to_owned(), ..before.clone() };
        let bot = Presence { modes: Some(UserModes::BOT), ..presence(&[1, 3, 2]) };
        for (other, count) in [
            (before.clone(), 0),
            (away, 2),
            (Presence { host: "c.d".to_owned(), realname: "A".to_owned(), ..before.clone() }, 2),
            (presence(&[1, 3]), 1),
            (presence(&[1, 2, 3, 4]), 1),
            (presence(&[3, 5, 6]), 4),
            (presence(&[]), 3),
        ] {
            let changes = before.changes_to(&other).unwrap();
            assert_eq!(changes.len(), count, "{changes:?}");
            let mut after = before.clone();
            for change in changes {
                assert!(!after.is_already(&change), "{change:?}");
                after.apply(change);
            }
            assert_eq!(after, other);
        }
        // The order, and what else does not change by itself, is kept only with everything.
        let elsewhere = Presence { address: IpAddr::from([192, 0, 2, 2]), ..before.clone() };
        for other in [bot, presence(&[1, 4, 2, 3]), elsewhere] {
            assert_eq!(before.changes_to(&other), None, "{other:?}");
        }
    }
}
