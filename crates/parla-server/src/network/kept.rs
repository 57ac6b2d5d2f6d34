//! What was stored of a network, for a server to start with.

use super::{account::AccountState, channel::ChannelState, invitation::InvitationState};

/// Everything that survives a restart and that the state machine needs in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The stored channels.
    pub channels: Vec<ChannelState>,
    /// The accounts.
    pub accounts: Vec<AccountState>,
    /// The invitations.
    pub invitations: Vec<InvitationState>,
}

impl Kept {
    /// Channels alone.
    pub fn of_channels(channels: Vec<ChannelState>) -> Self {
        Self { channels, ..Self::default() }
    }
}
