//! Changes of a channel's modes in an entry. Their parameters were read before: a commit reads no text.

use parla_proto::{ChannelName, Nick, extban::ListMask, mode::ChannelMode};
use serde::{Deserialize, Serialize};

use crate::{base::flags::Flags, network::rank::Rank};

/// Changes to a channel's modes, in order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mode {
    /// Where.
    pub channel: ChannelName,
    /// The steps, with their parameters as they were read.
    pub steps: Vec<ModeStep>,
}

/// One change of a mode. Whether it is carried out is decided at commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModeStep {
    /// A mode without a parameter is set or taken away.
    Flag {
        /// One of them.
        flag: Flags,
        /// Whether it is set.
        set: bool,
    },
    /// A member is given a rank, or loses it.
    Rank {
        /// One of them.
        rank: Rank,
        /// Whose.
        nick: Nick,
        /// Whether it is given.
        set: bool,
    },
    /// Mode `k` has this value, or does not hold any more.
    Key(Option<String>),
    /// Mode `l` has this value, which is above 0, or does not hold any more.
    Limit(Option<u32>),
    /// Mode `f` has this value, or does not hold any more.
    Forward(Option<ChannelName>),
    /// A list has one entry more, or one less.
    List {
        /// The list's mode.
        mode: ChannelMode,
        /// The entry's mask.
        mask: ListMask,
        /// Whether it is added.
        set: bool,
    },
}

impl ModeStep {
    /// The letter of the mode.
    pub fn letter(&self) -> char {
        match self {
            Self::Flag { flag, .. } => flag.letter(),
            Self::Rank { rank, .. } => rank.letter(),
            Self::Key(_) => ChannelMode::Key.letter(),
            Self::Limit(_) => ChannelMode::Limit.letter(),
            Self::Forward(_) => ChannelMode::Forward.letter(),
            Self::List { mode, .. } => mode.letter(),
        }
    }

    /// Whether the mode is set or given, not taken away.
    pub(crate) const fn sets(&self) -> bool {
        match self {
            Self::Flag { set, .. } | Self::Rank { set, .. } | Self::List { set, .. } => *set,
            Self::Key(key) => key.is_some(),
            Self::Limit(limit) => limit.is_some(),
            Self::Forward(name) => name.is_some(),
        }
    }
}
