//! Conversations, which messages and read markers belong to, and the names that people use for them.
//!
//! A conversation outlives connections, nicks and channel names. Messages that are not stored belong to none:
//! those to some members of a channel, and those between people of whom one is a guest.

use parla_proto::{
    ChannelName, Nick,
    name::{BadName, NameRules, is_channel},
};
use serde::{Deserialize, Serialize};

use super::{ChannelId, Network, UserId, account_id::AccountId};
use crate::base::names;

/// A conversation whose messages can be stored.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Conversation {
    /// The conversation of a channel.
    Channel(ChannelId),
    /// The conversation of two accounts, or of one with itself.
    Accounts(AccountPair),
}

/// Two accounts in a fixed order, or one account twice. They are known by their ids, so that whoever gets the
/// name of a deleted account does not get its conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountPair([AccountId; 2]);

impl Conversation {
    /// The channel whose conversation it is.
    pub(crate) const fn channel(&self) -> Option<ChannelId> {
        match self {
            Self::Channel(channel) => Some(*channel),
            Self::Accounts(_) => None,
        }
    }
}

impl AccountPair {
    /// The pair of two accounts, in either order.
    pub fn new(one: AccountId, other: AccountId) -> Self {
        Self([one.min(other), one.max(other)])
    }

    /// Both, the earlier account first.
    pub const fn ids(self) -> [AccountId; 2] {
        self.0
    }
}

/// What a person calls a conversation. The channel or user need not exist.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ConversationName {
    /// A channel.
    Channel(ChannelName),
    /// One person.
    User(Nick),
}

impl ConversationName {
    /// Parses what a person typed.
    ///
    /// # Errors
    /// It is the name of neither a channel nor a user.
    pub fn parse(text: &str, rules: &NameRules) -> Result<Self, BadName> {
        if is_channel(text) {
            names::channel(text, rules).map(Self::Channel)
        } else {
            names::nick(text, rules).map(Self::User)
        }
    }

    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Channel(name) => name.as_str(),
            Self::User(nick) => nick.as_str(),
        }
    }
}

impl Network {
    /// The accounts of two users; `None` if one of them is a guest.
    pub(crate) fn accounts_of(&self, one: UserId, other: UserId) -> Option<AccountPair> {
        Some(AccountPair::new(self.account_id_of(one)?, self.account_id_of(other)?))
    }

    /// The conversation that a logged-in user means by a name; `None` for guests, and where nothing can be
    /// stored. The person of the other account need not be present.
    pub(crate) fn conversation_named(&self, user: UserId, name: &ConversationName) -> Option<Conversation> {
        let own = self.account_id_of(user)?;
        match name {
            ConversationName::Channel(name) => {
                let (id, _) = self.visible_channel_named(user, name).ok()?;
                Some(Conversation::Channel(id))
            }
            ConversationName::User(nick) => {
                let other = match self.user_named(nick) {
                    Ok((other, _)) => self.account_id_of(other)?,
                    Err(_) => self.account_called(nick.as_str())?.id,
                };
                Some(Conversation::Accounts(AccountPair::new(own, other)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_one_whoever_comes_first() {
        let [one, other] = [3, 5].map(AccountId::from_number);
        assert_eq!(AccountPair::new(other, one), AccountPair::new(one, other));
        assert_eq!(AccountPair::new(other, one).ids(), [one, other]);
        assert_ne!(AccountPair::new(one, one), AccountPair::new(one, other));
    }
}
