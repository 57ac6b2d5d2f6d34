//! What a user has said last, so that it can be taken back. <https://ircv3.net/specs/extensions/message-redaction>
//!
//! Only numbers and places, no text. It is the user's own for as long as the user is there: a name and an address prove
//! nothing, as someone else can have them afterwards.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

use super::{ChannelId, UserId, conversation::AccountPair};
use crate::base::limits::SAID_MAX;

/// Where something was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Place {
    /// To all members of a channel.
    Channel(ChannelId),
    /// To one person.
    User {
        /// The person.
        receiver: UserId,
        /// What they were signed in to, if it is kept: one of them may be somebody else by now.
        accounts: Option<AccountPair>,
    },
}

/// The newest messages of one user, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Said {
    messages: VecDeque<(u64, Place)>,
}

impl Said {
    /// Where the user said the message of this number.
    pub(crate) fn place(&self, seq: u64) -> Option<&Place> {
        let index = self.messages.binary_search_by_key(&seq, |(seq, _)| *seq).ok()?;
        self.messages.get(index).map(|(_, place)| place)
    }

    /// Adds a message, later than all before; the oldest goes if there are too many.
    pub(crate) fn add(&mut self, seq: u64, place: Place) {
        if self.messages.len() >= SAID_MAX {
            self.messages.pop_front();
        }
        self.messages.push_back((seq, place));
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
        let channel = |number| Place::Channel(ChannelId::from_number(number));
        let mut said = Said::default();
        for seq in 1..=SAID_MAX as u64 + 1 {
            said.add(seq * 2, channel(seq));
        }
        assert_eq!(said.place(2), None);
        assert_eq!(said.place(4), Some(&channel(2)));
        assert_eq!(said.place(5), None);
        said.remove(4);
        said.remove(5);
        assert_eq!(said.place(4), None);
        assert_eq!(said.place(6), Some(&channel(3)));
    }
}
