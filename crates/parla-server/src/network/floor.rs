//! How far back somebody may read in a conversation: old messages expire, and the owner of a channel may keep
//! from newcomers what was said before they came.

use std::time::Duration;

use parla_proto::Timestamp;

use super::{Network, UserId, conversation::Conversation};

/// Where in a conversation the messages begin that somebody may read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Floor {
    /// What was said before this time has expired.
    pub time: Option<Timestamp>,
    /// When they came, if they may not read everything that was said before.
    pub entrance: Option<Entrance>,
}

/// When somebody came who may read few of the messages from before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entrance {
    /// The number of the entry by which they came.
    pub since: u64,
    /// How many earlier messages they may read.
    pub earlier: u32,
}

impl Network {
    /// How long the messages of a conversation are kept; `None` if for ever.
    pub(crate) fn retained(&self, conversation: &Conversation) -> Option<Duration> {
        let of_channel = match conversation {
            Conversation::Channel(id) => self.channel(*id).and_then(|channel| channel.state.retain),
            Conversation::Accounts(_) => None,
        };
        [self.settings.retain, of_channel].into_iter().flatten().min()
    }

    /// How far back a user may read in a conversation of theirs.
    pub(crate) fn floor(&self, reader: UserId, conversation: &Conversation, now: Timestamp) -> Floor {
        let time = self.retained(conversation).map(|retained| before(now, retained));
        let entrance = match conversation {
            Conversation::Channel(id) => {
                let account = self.account_id_of(reader);
                self.channel(*id).and_then(|channel| channel.entrance(reader, account))
            }
            Conversation::Accounts(_) => None,
        };
        Floor { time, entrance }
    }
}

/// The time so long ago.
pub(super) fn before(at: Timestamp, duration: Duration) -> Timestamp {
    let ms = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(at.as_millis().saturating_sub(ms))
}
