//! Conversations, which messages and read markers belong to, and the names that people use for them.
//!
//! A conversation outlives connections, nicks and channel names. Messages that are not stored belong to none:
//! those to some members of a channel, and those between people of whom one is a guest.

use parla_proto::{
    AccountName, ChannelName, Nick,
    name::{BadName, NameRules, is_channel},
};
use serde::{Deserialize, Serialize};

use super::{ChannelId, Network, UserId};
use crate::base::names;

/// A conversation whose messages can be stored.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Conversation {
    /// The conversation of a channel.
    Channel(ChannelId),
    /// The conversation of two accounts, or of one with itself.
    Accounts(AccountPair),
}

/// Two accounts in a fixed order, or one account twice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountPair(Box<[AccountName; 2]>);

impl AccountPair {
    /// The pair of two accounts, in either order.
    pub fn new(one: AccountName, other: AccountName) -> Self {
        let mut names = [one, other];
        names.sort();
        Self(Box::new(names))
    }

    /// Both names in ascending order of their folded forms.
    pub fn names(&self) -> [&AccountName; 2] {
        self.0.each_ref()
    }
}

/// What a person calls a conversation. The channel or user need not exist.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
        let account = |user| self.user(user)?.account().cloned();
        Some(AccountPair::new(account(one)?, account(other)?))
    }

    /// The conversation that a logged-in user means by a name; `None` for guests, and where nothing can be
    /// stored.
    pub(crate) fn conversation_named(&self, user: UserId, name: &ConversationName) -> Option<Conversation> {
        self.user(user)?.account()?;
        match name {
            ConversationName::Channel(name) => {
                let (id, _) = self.visible_channel_named(user, name).ok()?;
                Some(Conversation::Channel(id))
            }
            ConversationName::User(nick) => {
                let (other, _) = self.user_named(nick).ok()?;
                self.accounts_of(user, other).map(Conversation::Accounts)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_one_whoever_comes_first() {
        let name = |text| AccountName::kept(text).unwrap();
        let pair = AccountPair::new(name("Zoë"), name("alice"));
        assert_eq!(pair, AccountPair::new(name("Alice"), name("zoë")));
        assert_eq!(pair.names().map(AccountName::as_str), ["alice", "Zoë"]);
        assert_ne!(pair, AccountPair::new(name("alice"), name("alice")));
    }
}
