//! Mode changes of a channel in an entry. Their parameters were parsed before, because a commit parses no
//! text.

use parla_proto::{ChannelName, Nick, extban::ListMask, mode::ChannelMode};
use serde::{Deserialize, Serialize};

use crate::{base::flags::Flags, network::rank::Rank};

/// Changes to a channel's modes, in order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mode {
    /// The channel.
    pub channel: ChannelName,
    /// The steps, with their parsed parameters.
    pub steps: Vec<ModeStep>,
}

/// One mode change. The commit decides whether it is carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModeStep {
    /// Sets or removes a mode without a parameter.
    Flag {
        /// The mode, as a single flag.
        flag: Flags,
        /// Whether it is set.
        set: bool,
    },
    /// Gives a member a rank or takes it away.
    Rank {
        /// The rank, a single one.
        rank: Rank,
        /// The member.
        nick: Nick,
        /// Whether it is given.
        set: bool,
    },
    /// Sets mode `k` to this key, or removes it.
    Key(Option<String>),
    /// Sets mode `l` to this limit, which is above 0, or removes it.
    Limit(Option<u32>),
    /// Sets mode `f` to this channel, or removes it.
    Forward(Option<ChannelName>),
    /// Adds an entry to a list or removes one.
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

    /// Whether the mode is set or given, rather than removed.
    pub(crate) const fn sets(&self) -> bool {
        match self {
            Self::Flag { set, .. } | Self::Rank { set, .. } | Self::List { set, .. } => *set,
            Self::Key(key) => key.is_some(),
            Self::Limit(limit) => limit.is_some(),
            Self::Forward(name) => name.is_some(),
        }
    }
}
