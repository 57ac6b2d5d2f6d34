//! What was stored of a network, for a server to start with.

use std::collections::BTreeMap;

use parla_proto::ChannelName;

use super::{account::AccountState, channel::ChannelState, closure::Closure, invitation::InvitationState};
use crate::base::settings::AccessPolicy;

/// Everything that survives a restart and that the state machine needs in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The stored channels.
    pub channels: Vec<ChannelState>,
    /// The accounts.
    pub accounts: Vec<AccountState>,
    /// The invitations.
    pub invitations: Vec<InvitationState>,
    /// The channels that nobody can enter, by name.
    pub closures: BTreeMap<ChannelName, Closure>,
    /// Who may come in, if the owner of the server has decided that.
    pub access: Option<AccessPolicy>,
}

impl Kept {
    /// Channels alone.
    pub fn of_channels(channels: Vec<ChannelState>) -> Self {
        Self { channels, ..Self::default() }
    }
}
