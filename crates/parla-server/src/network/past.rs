//! Users who have left or changed their nick, for WHOWAS. They are part of the network, so every machine has
//! the same.

use std::collections::VecDeque;

use parla_proto::{AccountName, Nick, Timestamp, source::address_text};
use serde::{Deserialize, Serialize};

use super::user::User;

/// Users as they were when they gave up a nick, from the oldest to the newest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Past {
    users: VecDeque<PastUser>,
}

/// A user at the time they gave up the nick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PastUser {
    pub(crate) nick: Nick,
    pub(crate) user: Box<str>,
    pub(crate) host: Box<str>,
    /// The real address as one word; only operators of the server see it.
    pub(crate) address: Box<str>,
    pub(crate) realname: Box<str>,
    pub(crate) account: Option<AccountName>,
    /// When the user gave the nick up.
    pub(crate) left_at: Timestamp,
}

impl Past {
    /// Remembers a user. If there are more than `most`, the oldest is forgotten.
    pub(crate) fn add(&mut self, user: &User, at: Timestamp, most: usize) {
        self.users.push_back(PastUser {
            nick: user.nick().clone(),
            user: user.user().into(),
            host: user.host().into(),
            address: address_text(user.address()).into(),
            realname: user.realname.clone(),
            account: user.account().cloned(),
            left_at: at,
        });
        while self.users.len() > most {
            self.users.pop_front();
        }
    }

    /// Those who had this nick, the newest first.
    pub(crate) fn of_nick(&self, nick: &Nick) -> impl Iterator<Item = &PastUser> {
        self.users.iter().rev().filter(move |user| user.nick == *nick)
    }
}
