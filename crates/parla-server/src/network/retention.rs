//! Retention: messages that are older than they may get are deleted. Nobody can read them any more by then
//! (`floor.rs`).
//!
//! A timer proposes it every few minutes ([`crate::server`]). The commit decides by the entry's time, so that
//! every machine deletes the same messages. It names conversations and a time; which messages those are, only
//! the store knows.

use std::{collections::BTreeSet, ops::Bound, time::Duration};

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ChannelId, Network, channel::ChannelChange, conversation::Conversation, floor::before};
use crate::{
    base::limits::{CHANNELS_EXPIRED_MAX, EXPIRY_INTERVAL},
    network::{change::Change, effects::Effects},
};

/// What is known about the deletion of old messages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Retention {
    /// When all conversations were last gone through.
    swept_at: Option<Timestamp>,
    /// The last channel that was looked at, if an entry did not get to the last of them.
    after: Option<ChannelId>,
    /// The channels that keep their messages for a shorter time than the network does, or would.
    #[serde(skip)]
    channels: BTreeSet<ChannelId>,
}

impl Network {
    /// When old messages are next to be deleted.
    pub(crate) fn next_expiry(&self) -> Option<Timestamp> {
        if self.settings.retain.is_none() && self.retention.channels.is_empty() {
            return None;
        }
        let is_in_the_middle = self.retention.after.is_some();
        let swept_at = self.retention.swept_at.filter(|_| !is_in_the_middle);
        Some(swept_at.map_or(Timestamp::default(), |at| at + EXPIRY_INTERVAL))
    }

    /// Has the messages deleted that are too old, in as many channels as one entry may.
    pub(crate) fn expire(&mut self, effects: &mut Effects) {
        if self.next_expiry().is_none_or(|due| due > self.at) {
            return;
        }
        let retain = self.settings.retain;
        if self.retention.after.is_none() {
            let expired =
                retain.map(|retain| Change::Expired { conversation: None, before: before(self.at, retain) });
            effects.changes.extend(expired);
        }
        let from = self.retention.after.map_or(Bound::Unbounded, Bound::Excluded);
        let channels: Vec<ChannelId> = self
            .retention
            .channels
            .range((from, Bound::Unbounded))
            .take(CHANNELS_EXPIRED_MAX)
            .copied()
            .collect();
        self.retention.after = channels.last().copied().filter(|_| channels.len() == CHANNELS_EXPIRED_MAX);
        if self.retention.after.is_none() {
            self.retention.swept_at = Some(self.at);
        }
        for channel in channels {
            let own =
                self.channel(channel).filter(|channel| channel.kept).and_then(|channel| channel.state.retain);
            if let Some(own) = own.filter(|own| retain.is_none_or(|retain| *own < retain)) {
                let conversation = Some(Conversation::Channel(channel));
                effects.changes.push(Change::Expired { conversation, before: before(self.at, own) });
            }
        }
    }

    /// Has a channel keep its messages for this long, or as long as all others.
    pub(crate) fn set_retention(&mut self, id: ChannelId, retain: Option<Duration>, effects: &mut Effects) {
        let Some(channel) = self.channels.get_mut(&id) else { return };
        if channel.state.retain != retain {
            effects.change(channel, ChannelChange::Retain(retain));
        }
        self.note_retention(id, retain.is_some());
    }

    /// Notes whether a channel keeps its messages for a time of its own.
    pub(super) fn note_retention(&mut self, id: ChannelId, has_own: bool) {
        if has_own {
            self.retention.channels.insert(id);
        } else {
            self.retention.channels.remove(&id);
        }
    }

    /// Finds the channels again that keep their messages for a time of their own.
    pub(super) fn index_retention(&mut self) {
        let own = self.channels.values().filter(|channel| channel.state.retain.is_some());
        self.retention.channels = own.map(|channel| channel.state.id).collect();
    }
}
