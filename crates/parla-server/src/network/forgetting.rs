//! Forgetting: channels that have been empty for a while are removed, with everything that was said in them.
//!
//! A timer proposes it ([`crate::server`]). The commit decides by the entry's time, so that every machine
//! forgets the same channels. If a channel was occupied when the server stopped, nobody knows since when it
//! has been empty, so its time starts with the first entry that looks at it.

use std::collections::BTreeSet;

use parla_proto::Timestamp;

use super::{
    ChannelId, Network,
    channel::{Channel, ChannelChange},
};
use crate::{
    base::limits::CHANNELS_FORGOTTEN_MAX,
    network::{change::Change, effects::Effects},
};

/// The kept channels that are empty, except for those that every user joins automatically, ordered by when
/// they became empty (unknown first) and then by when they were created.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct EmptyChannels {
    queue: BTreeSet<(Option<Timestamp>, ChannelId)>,
}

impl EmptyChannels {
    fn add(&mut self, channel: &Channel) {
        self.queue.insert((channel.state.empty_since, channel.state.id));
    }

    fn remove(&mut self, channel: &Channel) {
        self.queue.remove(&(channel.state.empty_since, channel.state.id));
    }
}

impl Network {
    /// When the next channel is to be forgotten, or looked at for the first time.
    pub(crate) fn next_forgetting(&self) -> Option<Timestamp> {
        let after = self.settings.forget_empty_after?;
        let (since, _) = self.empty.queue.first()?;
        Some(since.map_or(Timestamp::default(), |since| since + after))
    }

    /// Forgets channels whose time has come, as many as one entry may.
    pub(crate) fn forget_empty_channels(&mut self, effects: &mut Effects) {
        let Some(after) = self.settings.forget_empty_after else { return };
        for _ in 0..CHANNELS_FORGOTTEN_MAX {
            let Some((since, id)) = self.empty.queue.first().copied() else { return };
            match since {
                None => self.set_empty_since(id, Some(self.at), effects),
                Some(since) if since + after <= self.at => self.forget_channel(id, effects),
                Some(_) => return,
            }
        }
    }

    /// Removes a channel with everything that was said in it. A channel that has members stays: they must
    /// leave first, in the ordinary way.
    pub(crate) fn forget_channel(&mut self, id: ChannelId, effects: &mut Effects) {
        let is_empty = |channel: &&Channel| channel.members.is_empty();
        let Some(channel) = self.channels.get(&id).filter(is_empty) else { return };
        if channel.kept {
            effects.changes.push(Change::ChannelForgotten { channel: id });
        }
        self.empty.remove(channel);
        self.names.remove(&channel.state.name);
        let owner = channel.state.owner;
        self.channels.swap_remove(&id);
        self.note_retention(id, false);
        self.count_owned(owner, None);
        self.forget_reading_in(id, effects);
    }

    /// Records that a channel has become empty or is no longer empty. Channels that have an owner, or that every
    /// user joins automatically, do not count.
    pub(super) fn set_empty_since(&mut self, id: ChannelId, since: Option<Timestamp>, effects: &mut Effects) {
        let Some(channel) = self.channels.get_mut(&id) else {
            debug_assert!(false, "the queue has only channels that are there");
            return;
        };
        self.empty.remove(channel);
        let is_owned = channel.state.owner.is_some();
        let since = since.filter(|_| !is_owned && !self.settings.autojoin.contains(&channel.state.name));
        if channel.state.empty_since != since {
            effects.change(channel, ChannelChange::EmptySince(since));
        }
        if since.is_some() {
            self.empty.add(channel);
        }
    }

    /// Finds the empty channels again, because the set of channels that every user joins automatically may
    /// have changed.
    pub(crate) fn find_empty_channels(&mut self) {
        let mut empty = EmptyChannels::default();
        for channel in self.channels.values() {
            let is_the_servers = self.settings.autojoin.contains(&channel.state.name);
            let has_owner = is_the_servers || channel.state.owner.is_some();
            if channel.kept && channel.members.is_empty() && !has_owner {
                empty.add(channel);
            }
        }
        self.empty = empty;
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use parla_proto::ChannelName;

    use super::*;
    use crate::{
        base::settings::NetworkSettings,
        network::{channel::ChannelState, kept::Kept},
    };

    const HOUR: Duration = Duration::from_secs(3600);

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_millis(hours * 3_600_000)
    }

    /// A network that forgets channels after two hours, with channels that have been empty since these times;
    /// every user joins `#a`.
    fn network(channels: &[(&str, Option<i64>)]) -> Network {
        let mut settings = NetworkSettings::named("a.b");
        settings.forget_empty_after = Some(2 * HOUR);
        let rules = settings.name_rules();
        let name = |name: &str| ChannelName::parse(name, &rules).unwrap();
        settings.autojoin = vec![name("#a")];
        let kept = (1..).zip(channels).map(|(number, (channel, since))| ChannelState {
            empty_since: since.map(at),
            ..ChannelState::new(ChannelId::from_number(number), name(channel), at(0), Default::default())
        });
        Network::new(Arc::new(settings), Kept::of_channels(kept.collect()), 1000)
    }

    /// Commits the timer's proposal and returns the changes: `?7` for a channel that was looked at, `-7` for
    /// one that was forgotten.
    fn forget(network: &mut Network, hours: i64) -> Vec<String> {
        let mut effects = Effects::default();
        network.begin_entry(at(hours));
        network.forget_empty_channels(&mut effects);
        let told = |change| match change {
            Change::ChannelForgotten { channel } => format!("-{}", channel.number()),
            Change::ChannelChanged { channel, change } => {
                assert_eq!(change, ChannelChange::EmptySince(Some(at(hours))));
                format!("?{}", channel.number())
            }
            other => panic!("{other:?}"),
        };
        effects.changes.into_iter().map(told).collect()
    }

    #[test]
    fn who_is_due_is_decided_by_the_time_of_the_entry() {
        let mut network = network(&[("#a", Some(1)), ("#b", Some(3)), ("#c", Some(2)), ("#d", None)]);
        assert_eq!(network.next_forgetting(), Some(Timestamp::default()));
        assert_eq!(forget(&mut network, 4), ["?4", "-3"]);
        assert_eq!(network.next_forgetting(), Some(at(5)));
        assert!(forget(&mut network, 4).is_empty());
        assert_eq!(forget(&mut network, 5), ["-2"]);
        assert_eq!(forget(&mut network, 9), ["-4"]);
        assert_eq!((network.next_forgetting(), network.channel_count()), (None, 1));
    }

    #[test]
    fn an_entry_forgets_so_many_and_no_more() {
        let names: Vec<String> =
            (0..=2 * CHANNELS_FORGOTTEN_MAX).map(|number| format!("#{number}")).collect();
        let channels: Vec<_> = names.iter().map(|name| (name.as_str(), Some(0))).collect();
        let mut network = network(&channels);
        let counts: Vec<usize> = (0..4).map(|_| forget(&mut network, 2).len()).collect();
        assert_eq!(counts, [CHANNELS_FORGOTTEN_MAX, CHANNELS_FORGOTTEN_MAX, 1, 0]);
        assert_eq!(network.channel_count(), 0);
    }
}
