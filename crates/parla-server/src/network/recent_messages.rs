//! A user's latest messages, so that they can be deleted.
//! <https://ircv3.net/specs/extensions/message-redaction>
//!
//! It has only numbers and destinations, no text, and lasts as long as the user. A nick and an address prove
//! nothing, because somebody else can have them later.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

use super::{ChannelId, UserId, conversation::AccountPair};
use crate::base::limits::SAID_MAX;

/// Where a message went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum SentTo {
    /// To all members of a channel.
    Channel(ChannelId),
    /// To one person.
    User {
        /// The other person.
        receiver: UserId,
        /// The accounts of both, if the message is stored, because either may be somebody else by now.
        accounts: Option<AccountPair>,
    },
}

/// One user's newest messages, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecentMessages {
    messages: VecDeque<(u64, SentTo)>,
}

impl RecentMessages {
    /// Where the user sent the message with this number.
    pub(crate) fn sent_to(&self, seq: u64) -> Option<&SentTo> {
        let index = self.messages.binary_search_by_key(&seq, |(seq, _)| *seq).ok()?;
        self.messages.get(index).map(|(_, sent_to)| sent_to)
    }

    /// Adds a message that is newer than all before. If there are too many, the oldest is dropped.
    pub(crate) fn add(&mut self, seq: u64, sent_to: SentTo) {
        if self.messages.len() >= SAID_MAX {
            self.messages.pop_front();
        }
        self.messages.push_back((seq, sent_to));
    }

    /// Forgets a message.
    pub(crate) fn remove(&mut self, seq: u64) {
        if let Ok(index) = self.messages.binary_search_by_key(&seq, |(seq, _)| *seq) {
            self.messages.remove(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_known() {
        let channel = |number| SentTo::Channel(ChannelId::from_number(number));
        let mut messages = RecentMessages::default();
        for seq in 1..=SAID_MAX as u64 + 1 {
            messages.add(seq * 2, channel(seq));
        }
        assert_eq!(messages.sent_to(2), None);
        assert_eq!(messages.sent_to(4), Some(&channel(2)));
        assert_eq!(messages.sent_to(5), None);
        messages.remove(4);
        messages.remove(5);
        assert_eq!(messages.sent_to(4), None);
        assert_eq!(messages.sent_to(6), Some(&channel(3)));
    }
}
