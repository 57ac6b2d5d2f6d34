//! What the administrator asks of the server from outside of IRC, and the answers.
//!
//! The daemon lets ask whoever may read and write its files anyway, so nothing is hidden from them and every wish is granted; what
//! changes something is an entry like any other, and in the record.

use parla_proto::Timestamp;

use crate::network::channel::ChannelState;

/// A question or a wish of the administrator.
#[derive(Clone, Debug)]
pub enum AdminRequest {
    /// Some channels, in the order of their names, that come after this name.
    Channels {
        /// None: from the first one.
        after: Option<String>,
    },
    /// One channel.
    Channel {
        /// Its name.
        name: String,
    },
    /// Changes modes and ranks.
    ChangeModes {
        /// Where.
        channel: String,
        /// Letters with `+` and `-`.
        letters: String,
        /// Their parameters, in order.
        params: Vec<String>,
    },
    /// Repairs a channel.
    Repair {
        /// Which.
        channel: String,
        /// How.
        repair: AdminRepair,
    },
}

/// How a channel is repaired, with names as a person wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdminRepair {
    /// It is deleted with all that is kept of it; and why.
    Delete(Option<String>),
    /// It has the modes of a new channel and empty lists.
    Reset,
    /// It belongs to the member of this nick.
    Give(String),
}

/// The answer to an [`AdminRequest`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdminAnswer {
    /// Channels that were asked for.
    Channels {
        /// From the first name to the last.
        channels: Vec<ChannelSummary>,
        /// Whether there are others after them.
        has_more: bool,
    },
    /// The channel that was asked for.
    Channel(Box<ChannelDetails>),
    /// It is done, except for what was refused.
    Done {
        /// The modes that the channel has now, with the key; none if it is no more.
        modes: Option<String>,
        /// Sentences; what else was asked for is done.
        refused: Vec<String>,
    },
    /// Nothing was done; a sentence.
    Refused(String),
}

/// What can be said of a channel in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelSummary {
    /// As it is written.
    pub name: String,
    /// How many are in it.
    pub members: usize,
    /// With parameters, but for the key: `+kl * 5`.
    pub modes: String,
    /// Empty if there is none.
    pub topic: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Everything that can be said of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelDetails {
    /// What is kept of it.
    pub state: ChannelState,
    /// With parameters and the key: `+kl word 5`.
    pub modes: String,
    /// Those who are in it, in the order of joining, up to [`ADMIN_MEMBERS_MAX`](crate::base::limits::ADMIN_MEMBERS_MAX).
    pub members: Vec<Member>,
    /// How many are in it.
    pub member_count: usize,
}

/// Who is in a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// All signs of their ranks, from the highest; empty without one.
    pub signs: String,
    /// `nick!user@host`.
    pub source: String,
}
