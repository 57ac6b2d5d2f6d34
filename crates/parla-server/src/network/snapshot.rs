//! A copy of one server's network, for another server to start with.

use std::{collections::BTreeMap, sync::Arc};

use parla_proto::ChannelName;

use crate::{
    base::settings::{AccessPolicy, NetworkSettings},
    network::{
        Network,
        account::AccountState,
        channel::ChannelState,
        closure::Closure,
        encoding::{self, Unreadable},
        invitation::InvitationState,
        kept::Kept,
    },
};

/// Everything that the entries have built so far. Of the sessions it has only where each is and whose it is
/// (`sessions.rs`), not their state on their machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    network: Box<Network>,
}

impl Snapshot {
    /// A network without users, whose entries are numbered from `next_seq`.
    pub fn of_new_network(settings: NetworkSettings, kept: Kept, next_seq: u64) -> Self {
        Self { network: Box::new(Network::new(Arc::new(settings), kept, next_seq)) }
    }

    pub(crate) fn of(network: Network) -> Self {
        Self { network: Box::new(network) }
    }

    pub(crate) fn into_network(self) -> Network {
        *self.network
    }

    /// The kept channels, in the order of their numbers.
    pub fn kept(&self) -> Vec<&ChannelState> {
        let kept = self.network.channels.values().filter(|channel| channel.kept);
        let mut states: Vec<&ChannelState> = kept.map(|channel| &channel.state).collect();
        states.sort_unstable_by_key(|state| state.id);
        states
    }

    /// The accounts, in the order of their numbers.
    pub fn accounts(&self) -> Vec<&AccountState> {
        self.network.accounts().collect()
    }

    /// The invitations, in the order of their numbers.
    pub fn invitations(&self) -> Vec<&InvitationState> {
        self.network.invitations_after(None).collect()
    }

    /// The channels that nobody can enter, by name.
    pub const fn closures(&self) -> &BTreeMap<ChannelName, Closure> {
        self.network.closures.all()
    }

    /// Who may come in, if the owner of the server has decided that.
    pub const fn access(&self) -> Option<AccessPolicy> {
        self.network.access
    }

    /// Serializes it: the format version, a digest, and the contents that the digest covers.
    pub fn encode(&self) -> Vec<u8> {
        encoding::encode_network(&self.network)
    }

    /// Reads what [`Self::encode`] wrote.
    ///
    /// # Errors
    /// The bytes are damaged or of another version.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut network = encoding::decode_network(bytes)?;
        network.index();
        Ok(Self::of(network))
    }
}
