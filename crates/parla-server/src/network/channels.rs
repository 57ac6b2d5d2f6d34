//! Operations on channels that concern more than one part of the network: keeping, entering, leaving and
//! renaming.

use parla_proto::ChannelName;

use crate::{
    base::limits::ACCESS_MAX,
    network::{
        ChannelId, Network, UserId,
        account::AccountId,
        change::Change,
        channel::{Channel, ChannelChange, Rank},
        effects::Effects,
        event::Event,
        refusal::{Refusal, Silenced},
        user::User,
    },
};

impl Network {
    pub(crate) fn add_channel(&mut self, channel: Channel) -> ChannelId {
        let name = channel.name().clone();
        let id = channel.state.id;
        self.count_owned(None, channel.state.owner);
        self.note_retention(id, channel.state.retain.is_some());
        let before = self.channels.insert(id, channel);
        debug_assert!(before.is_none(), "an entry makes one channel");
        self.names.insert(name, id);
        id
    }

    /// Records that a user has become a member of a channel.
    pub(super) fn entered(&mut self, user_id: UserId, channel_id: ChannelId, effects: &mut Effects) {
        if let Some(user) = self.users.get_mut(&user_id) {
            user.channels.push(channel_id);
        }
        self.note_changed(user_id);
        if self.channel(channel_id).is_some_and(|channel| channel.members.len() == 1) {
            self.occupied += 1;
            self.set_empty_since(channel_id, None, effects);
        }
    }

    /// Records that a user has entered a channel, which remembers them if it has an owner, and has those in it told.
    pub(crate) fn came_in(&mut self, user: UserId, channel: ChannelId, effects: &mut Effects) {
        self.entered(user, channel, effects);
        self.remember_member(user, channel, effects);
        effects.events.push(Event::Joined { user, channel });
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
        let Some(channel) = self.channels.get_mut(&channel_id) else { return Ok(()) };
        channel.has_messages = true;
        if channel.kept {
            return Ok(());
        }
        let name = channel.name().clone();
        if !self.count_new_channel(user_id) {
            return Err(Refusal::CannotSend { channel: name, why: Silenced::TooManyNewChannels });
        }
        self.keep_channel(channel_id, effects);
        Ok(())
    }

    /// Keeps a channel from now on, if it is not kept yet.
    fn keep_channel(&mut self, id: ChannelId, effects: &mut Effects) {
        let Some(channel) = self.channels.get_mut(&id).filter(|channel| !channel.kept) else { return };
        channel.kept = true;
        effects.keep(channel);
        // Those who stay are members over a restart, too, from now on.
        self.changed.extend(channel.members.keys().copied());
    }

    /// Counts a channel that is kept because of a user. Returns whether the user's address may have it.
    pub(crate) fn count_new_channel(&mut self, user: UserId) -> bool {
        let most = self.settings.limits.new_channels_per_hour;
        let Some(user) = self.users.get(&user) else { return false };
        user.is_exempt || self.new_channels.add(user.address(), most, self.at)
    }

    /// The ranks that a channel remembers of an account; `None` if it does not remember it.
    pub(crate) fn remembered_rank(&self, channel: ChannelId, account: AccountId) -> Option<Rank> {
        self.channel(channel)?.state.access.get(&account).copied()
    }

    /// The ranks that a user has in a channel; `None` if they are not in it.
    pub(crate) fn rank_in(&self, channel: ChannelId, user: UserId) -> Option<Rank> {
        self.channel(channel)?.rank(user).ok()
    }

    /// Remembers an account as a member of a channel that has an owner, with these ranks; or forgets it.
    pub(crate) fn remember(
        &mut self,
        channel: ChannelId,
        account: AccountId,
        rank: Option<Rank>,
        effects: &mut Effects,
    ) {
        let Some(channel) = self.channels.get_mut(&channel).filter(|channel| channel.state.owner.is_some())
        else {
            return;
        };
        // Whoever owns a channel can always look after it.
        let is_owner = channel.state.owner == Some(account);
        let rank = if is_owner { Some(rank.unwrap_or_default() | Rank::OPERATOR) } else { rank };
        let known = self.accounts.user_of(account).and_then(|user| channel.member_since(user));
        let since = channel.state.member_since.get(&account).copied().or(known);
        let since = since.unwrap_or_else(|| self.next_seq.saturating_sub(1));
        let before = channel.state.access.get(&account).copied();
        let has_room = before.is_some() || channel.state.access.len() < ACCESS_MAX;
        if before != rank && (rank.is_none() || has_room) {
            effects.change(channel, ChannelChange::Access { account, rank, since });
        }
    }

    /// Remembers the ranks that a member of a channel has now, if they are signed in and it has an owner.
    pub(crate) fn remember_member(&mut self, user: UserId, channel: ChannelId, effects: &mut Effects) {
        let rank = self.rank_in(channel, user);
        if let Some(account) = self.account_id_of(user).filter(|_| rank.is_some()) {
            self.remember(channel, account, rank, effects);
        }
    }

    /// Forgets a member who has left for good, unless they have a rank there or own the channel.
    pub(crate) fn forget_member(&mut self, user: UserId, channel: ChannelId, effects: &mut Effects) {
        let Some(account) = self.account_id_of(user) else { return };
        let Some(state) = self.channel(channel).map(|channel| &channel.state) else { return };
        if state.access.get(&account).is_some_and(|rank| rank.is_empty()) && state.owner != Some(account) {
            self.remember(channel, account, None, effects);
        }
    }

    /// Makes an account the owner of a channel, which is kept from now on.
    pub(crate) fn own(&mut self, channel_id: ChannelId, owner: AccountId, effects: &mut Effects) {
        self.keep_channel(channel_id, effects);
        let Some(channel) = self.channels.get_mut(&channel_id) else { return };
        let before = channel.state.owner;
        if before != Some(owner) {
            effects.change(channel, ChannelChange::Owner(Some(owner)));
            if channel.state.offered_to.is_some() {
                effects.change(channel, ChannelChange::OfferedTo(None));
            }
            self.count_owned(before, Some(owner));
            self.withdraw_invitations(before, channel_id, effects);
        }
        self.set_empty_since(channel_id, None, effects);
        let members: Vec<UserId> = self
            .channel(channel_id)
            .map(|channel| channel.members.keys().copied().collect())
            .unwrap_or_default();
        members.into_iter().for_each(|member| self.remember_member(member, channel_id, effects));
    }

    /// Gives a channel to another owner, or to none. Of the accounts that it remembers, all others lose their
    /// ranks, except for voice.
    pub(crate) fn give_to(&mut self, channel_id: ChannelId, owner: Option<AccountId>, effects: &mut Effects) {
        let Some(channel) = self.channel(channel_id) else { return };
        let before = channel.state.owner;
        let ranked: Vec<(AccountId, Rank)> =
            channel.state.access.iter().map(|(id, rank)| (*id, *rank)).collect();
        match (before, owner) {
            (_, Some(owner)) => self.own(channel_id, owner, effects),
            (Some(before), None) => return self.disown(channel_id, before, effects),
            (None, None) => return,
        }
        for (account, rank) in ranked.into_iter().filter(|(account, _)| Some(*account) != owner) {
            self.remember(channel_id, account, Some(rank & Rank::VOICE), effects);
        }
    }

    /// Takes back the offer of a channel to an account, if there is one.
    pub(crate) fn withdraw_offer(&mut self, id: ChannelId, account: AccountId, effects: &mut Effects) {
        let is_offered = |channel: &&mut Channel| channel.state.offered_to == Some(account);
        if let Some(channel) = self.channels.get_mut(&id).filter(is_offered) {
            effects.change(channel, ChannelChange::OfferedTo(None));
        }
    }

    /// Takes a channel away from its owner. It is forgotten like any other when it has been empty for long.
    pub(crate) fn disown(&mut self, channel_id: ChannelId, owner: AccountId, effects: &mut Effects) {
        let owned = |channel: &&mut Channel| channel.state.owner == Some(owner);
        let Some(channel) = self.channels.get_mut(&channel_id).filter(owned) else { return };
        for account in channel.state.access.keys().copied().collect::<Vec<_>>() {
            effects.change(channel, ChannelChange::Access { account, rank: None, since: 0 });
        }
        if channel.state.offered_to.is_some() {
            effects.change(channel, ChannelChange::OfferedTo(None));
        }
        effects.change(channel, ChannelChange::Owner(None));
        let is_empty = channel.members.is_empty();
        self.count_owned(Some(owner), None);
        self.withdraw_invitations(Some(owner), channel_id, effects);
        if is_empty {
            self.set_empty_since(channel_id, Some(self.at), effects);
        }
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
        self.markers_follow(&old, &name);
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
        self.changed.insert(user_id);
        let was_occupied = !channel.members.is_empty();
        channel.remove(user_id);
        let is_unused = channel.is_unused(self.settings.channel_modes);
        let is_over = channel.is_empty_and_unkept() || channel.members.is_empty() && is_unused;
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
