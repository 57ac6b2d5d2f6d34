//! Operations on channels that concern more than one part of the network: keeping, entering, leaving and
//! renaming.

use parla_proto::ChannelName;

use crate::network::{
    ChannelId, Network, UserId,
    change::Change,
    channel::{Channel, ChannelChange},
    effects::Effects,
    refusal::{Refusal, Silenced},
    user::User,
};

impl Network {
    pub(crate) fn add_channel(&mut self, channel: Channel) -> ChannelId {
        let name = channel.name().clone();
        let id = channel.state.id;
        let before = self.channels.insert(id, channel);
        debug_assert!(before.is_none(), "an entry makes one channel");
        self.names.insert(name, id);
        id
    }

    /// Records that a user has become a member of a channel.
    pub(crate) fn entered(&mut self, user_id: UserId, channel_id: ChannelId, effects: &mut Effects) {
        if let Some(user) = self.users.get_mut(&user_id) {
            user.channels.push(channel_id);
        }
        if self.channel(channel_id).is_some_and(|channel| channel.members.len() == 1) {
            self.occupied += 1;
            self.set_empty_since(channel_id, None, effects);
        }
    }

    /// Starts keeping a channel, if it is not kept yet, because a user speaks there.
    ///
    /// # Errors
    /// The user's address has started too many.
    pub(crate) fn begin_history(
        &mut self,
        user_id: UserId,
        channel_id: ChannelId,
        effects: &mut Effects,
    ) -> Result<(), Refusal> {
        let (Some(user), Some(channel)) =
            (self.users.get(&user_id), self.channels.get_mut(&channel_id).filter(|channel| !channel.kept))
        else {
            return Ok(());
        };
        let most = self.settings.limits.new_channels_per_hour;
        if !user.is_exempt && !self.new_channels.add(user.address(), most, self.at) {
            return Err(Refusal::CannotSend {
                channel: channel.name().clone(),
                why: Silenced::TooManyNewChannels,
            });
        }
        channel.kept = true;
        effects.keep(channel);
        Ok(())
    }

    /// Renames a channel to a name that is not in use. Read markers move along.
    pub(crate) fn rename_channel(&mut self, id: ChannelId, name: ChannelName, effects: &mut Effects) {
        let Some(channel) = self.channels.get_mut(&id) else {
            debug_assert!(false, "the channel that gets another name was found");
            return;
        };
        let old = channel.name().clone();
        effects.change(channel, ChannelChange::Name(name.clone()));
        self.names.remove(&old);
        for markers in self.read_markers.values_mut() {
            markers.follow(&old, &name);
        }
        self.names.insert(name, id);
    }

    /// Removes a user from a channel, and removes the channel if nothing keeps it.
    pub(crate) fn leave(&mut self, user_id: UserId, channel_id: ChannelId, effects: &mut Effects) {
        let (Some(user), Some(channel)) = (self.users.get_mut(&user_id), self.channels.get_mut(&channel_id))
        else {
            debug_assert!(false, "whoever leaves is a member");
            return;
        };
        user.channels.retain(|id| *id != channel_id);
        let was_occupied = !channel.members.is_empty();
        channel.remove(user_id);
        let is_over = channel.is_empty_and_unkept();
        if was_occupied && channel.members.is_empty() {
            self.occupied -= 1;
            if is_over {
                self.forget_channel(channel_id, effects);
            } else {
                self.set_empty_since(channel_id, Some(self.at), effects);
            }
        }
    }

    /// Everybody who sees the user in a channel, without duplicates and without the user.
    pub(crate) fn peers(&self, id: UserId, user: &User) -> Vec<UserId> {
        let mut peers: Vec<UserId> = user
            .channels
            .iter()
            .filter_map(|channel| self.channel(*channel))
            .flat_map(|channel| channel.audience(channel.rank(id).unwrap_or_default()))
            .filter(|peer| *peer != id)
            .collect();
        peers.sort_unstable();
        peers.dedup();
        peers
    }
}

impl Effects {
    /// Changes a channel's stored state, and has the change stored if the channel is kept.
    pub(crate) fn change(&mut self, channel: &mut Channel, change: ChannelChange) {
        if channel.kept {
            let id = channel.state.id;
            self.changes.push(Change::ChannelChanged { channel: id, change: change.clone() });
        }
        channel.state.apply(change);
    }

    /// Stores the whole channel if it is kept.
    pub(crate) fn keep(&mut self, channel: &Channel) {
        if channel.kept {
            self.changes.push(Change::Channel(Box::new(channel.state.clone())));
        }
    }
}
