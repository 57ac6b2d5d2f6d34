//! Forgetting: rooms in which nobody has been for a while go, with everything that was said in them.
//!
//! A timer proposes it ([`crate::server`]); the commit decides by the entry's time, so that every machine forgets the same
//! rooms. Of a room that was occupied when the server stopped nobody knows since when it is empty: its time starts with the
//! first entry that looks at it.

use std::collections::BTreeSet;

use parla_proto::Timestamp;

use super::{ChannelId, Network, channel::Channel};
use crate::{change::Change, effects::Effects, limits::CHANNELS_FORGOTTEN_MAX};

/// The kept channels that nobody is in, but for those that everyone is put into: since when, if that is known, and their
/// numbers, which order those of one time.
#[derive(Debug, Default)]
pub(super) struct EmptyChannels {
    queue: BTreeSet<(Option<Timestamp>, u64, ChannelId)>,
}

impl EmptyChannels {
    fn add(&mut self, id: ChannelId, channel: &Channel) {
        self.queue.insert((channel.state.empty_since, channel.state.record, id));
    }

    fn remove(&mut self, id: ChannelId, channel: &Channel) {
        self.queue.remove(&(channel.state.empty_since, channel.state.record, id));
    }
}

impl Network {
    /// When the next channel is to be forgotten, or looked at for the first time.
    pub(crate) fn next_forgetting(&self) -> Option<Timestamp> {
        let after = self.settings.forget_empty_after?;
        let (since, _, _) = self.empty.queue.first()?;
        Some(since.map_or(Timestamp::default(), |since| since + after))
    }

    /// Forgets channels whose time has come, as many as one entry may.
    pub(super) fn forget_empty_channels(&mut self, effects: &mut Effects) {
        let Some(after) = self.settings.forget_empty_after else { return };
        for _ in 0..CHANNELS_FORGOTTEN_MAX {
            let Some((since, _, id)) = self.empty.queue.first().copied() else { return };
            match since {
                None => self.set_empty_since(id, Some(self.at), effects),
                Some(since) if since + after <= self.at => self.forget_channel(id, effects),
                Some(_) => return,
            }
        }
    }

    /// Takes a channel away, with everything that was said in it. One that has members stays: they leave first, in the
    /// ordinary way.
    pub(crate) fn forget_channel(&mut self, id: ChannelId, effects: &mut Effects) {
        let is_empty = |channel: &&Channel| channel.members.is_empty();
        let Some(channel) = self.channels.get(id.0).filter(is_empty) else { return };
        if channel.kept {
            effects.changes.push(Change::ChannelForgotten { record: channel.state.record });
        }
        self.empty.remove(id, channel);
        self.names.remove(&channel.state.name);
        self.channels.remove(id.0);
    }

    /// Notes that a channel has become empty, or is not any more. Channels that everyone is put into do not count.
    pub(super) fn set_empty_since(&mut self, id: ChannelId, since: Option<Timestamp>, effects: &mut Effects) {
        let Some(channel) = self.channels.get_mut(id.0) else { return };
        self.empty.remove(id, channel);
        let since = since.filter(|_| !self.settings.autojoin.contains(&channel.state.name));
        if channel.state.empty_since != since {
            channel.state.empty_since = since;
            effects.changes.push(Change::Occupancy { record: channel.state.record, empty_since: since });
        }
        if since.is_some() {
            self.empty.add(id, channel);
        }
    }

    /// Finds the empty channels anew, as other ones may belong to the server than before.
    pub(crate) fn find_empty_channels(&mut self) {
        let mut empty = EmptyChannels::default();
        for (key, channel) in &self.channels {
            let is_the_servers = self.settings.autojoin.contains(&channel.state.name);
            if channel.kept && channel.members.is_empty() && !is_the_servers {
                empty.add(ChannelId(key), channel);
            }
        }
        self.empty = empty;
    }
}
