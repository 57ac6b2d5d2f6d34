//! What all sessions share: the users, the channels, and who is in which.
//!
//! It changes only while an entry is committed. A commit never fails and is deterministic: it reads the
//! entry's time, never a clock, so the same entries in the same order give the same network on every machine.
//! The file of each command decides what its entry does; the network knows none of the commands.

mod access;
pub(crate) mod account;
pub(crate) mod account_id;
pub(crate) mod account_presence;
mod accounts;
pub(crate) mod app_password;
pub(crate) mod audit;
pub(crate) mod change;
pub(crate) mod channel;
mod channels;
pub(crate) mod closure;
mod closures;
pub(crate) mod conversation;
pub(crate) mod device;
pub(crate) mod effects;
pub(crate) mod encoding;
pub(crate) mod entry;
pub(crate) mod event;
pub(crate) mod floor;
mod forgetting;
pub(crate) mod grant;
mod invariants;
pub(crate) mod invitation;
mod invitations;
pub(crate) mod kept;
pub(crate) mod markers;
pub(crate) mod nodes;
pub(crate) mod operator;
pub(crate) mod past;
mod presence;
pub(crate) mod rank;
pub(crate) mod recent_messages;
mod recently_made;
pub(crate) mod refusal;
mod retention;
mod sessions;
mod sight;
pub(crate) mod snapshot;
pub(crate) mod texts;
pub(crate) mod user;
mod values;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
    sync::Arc,
};

use indexmap::IndexMap;
use parla_proto::{
    ChannelName, Nick, Timestamp,
    mode::UserModes,
    name::{Casemapping, is_channel},
};
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use crate::{
    base::{
        names,
        settings::{AccessPolicy, NetworkSettings},
    },
    network::{
        accounts::Accounts, channel::Channel, closures::Closures, conversation::ConversationName,
        entry::Meta, forgetting::EmptyChannels, invitations::Invitations, kept::Kept, markers::ReadMarkers,
        nodes::Nodes, operator::Oversight, past::Past, recent_messages::SentTo, recently_made::RecentlyMade,
        refusal::Refusal, retention::Retention, user::User,
    },
};

/// Identifies a user, by the number of the entry that registered them. It is the same on every machine and
/// never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UserId(pub(crate) u64);

/// Identifies a channel, by the number of the entry that created it. It is the same on every machine and
/// never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChannelId(u64);

impl ChannelId {
    /// The channel that was created by the entry with this number.
    pub const fn from_number(seq: u64) -> Self {
        Self(seq)
    }

    /// The number of the entry that created the channel.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// What METADATA values belong to. Channels sort before users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    Channel(ChannelId),
    User(UserId),
}

/// A user together with the id that stays the same when their nick changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UserRef<'a> {
    pub(crate) id: UserId,
    pub(crate) user: &'a User,
}

/// Numbers of users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UserCounts {
    /// Users at present.
    pub(crate) users: usize,
    /// The highest number of users at any one time.
    pub(crate) most: usize,
    /// Users with mode `i`.
    pub(crate) invisible: usize,
    /// Users with mode `o`.
    pub(crate) operators: usize,
}

impl UserCounts {
    /// Adjusts the counts for a user whose modes change.
    fn count(&mut self, before: UserModes, after: UserModes) {
        let count = |number: &mut usize, mode| {
            *number = *number + usize::from(after.contains(mode)) - usize::from(before.contains(mode));
        };
        count(&mut self.invisible, UserModes::INVISIBLE);
        count(&mut self.operators, UserModes::OPERATOR);
    }
}

/// The users and channels, with everything else that entries change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Network {
    pub(crate) settings: Arc<NetworkSettings>,
    pub(crate) nodes: Nodes,
    /// The number that the next entry will get.
    next_seq: u64,
    users: IndexMap<UserId, User, FxBuildHasher>,
    channels: IndexMap<ChannelId, Channel, FxBuildHasher>,
    #[serde(skip)]
    nicks: BTreeMap<Nick, UserId>,
    /// The skeletons of all nicks, if the casemapping allows nicks that are easily confused.
    #[serde(skip)]
    skeletons: BTreeMap<Box<str>, UserId>,
    #[serde(skip)]
    names: BTreeMap<ChannelName, ChannelId>,
    /// Channels with at least one member.
    #[serde(skip)]
    occupied: usize,
    #[serde(skip)]
    empty: EmptyChannels,
    accounts: Accounts,
    invitations: Invitations,
    retention: Retention,
    /// The channels that nobody can enter.
    closures: Closures,
    /// Who may come in, if the owner of the server has decided that.
    access: Option<AccessPolicy>,
    /// Channels with a history.
    new_channels: RecentlyMade,
    new_accounts: RecentlyMade,
    /// The time of the last entry.
    at: Timestamp,
    read_markers: BTreeMap<UserId, ReadMarkers>,
    counts: UserCounts,
    past: Past,
    /// Users about whom this entry has changed something that is kept if they stay.
    #[serde(skip)]
    changed: BTreeSet<UserId>,
}

impl Network {
    /// A network without users that has what was stored. Its first entry gets the number `next_seq`.
    pub(crate) fn new(settings: Arc<NetworkSettings>, kept: Kept, next_seq: u64) -> Self {
        let mut network = Self {
            settings,
            nodes: Nodes::default(),
            next_seq,
            users: IndexMap::default(),
            channels: IndexMap::default(),
            nicks: BTreeMap::new(),
            skeletons: BTreeMap::new(),
            names: BTreeMap::new(),
            occupied: 0,
            empty: EmptyChannels::default(),
            accounts: Accounts::default(),
            invitations: Invitations::default(),
            retention: Retention::default(),
            closures: Closures::default(),
            access: None,
            new_channels: RecentlyMade::default(),
            new_accounts: RecentlyMade::default(),
            at: Timestamp::default(),
            read_markers: BTreeMap::new(),
            counts: UserCounts::default(),
            past: Past::default(),
            changed: BTreeSet::new(),
        };
        kept.accounts.into_iter().for_each(|account| network.add_account(account));
        kept.invitations.into_iter().for_each(|invitation| network.add_invitation(invitation));
        network.closures = Closures::of(kept.closures);
        network.set_access(kept.access);
        for state in kept.channels {
            let mut channel = Channel::restore(state);
            (channel.kept, channel.has_messages) = (true, true);
            network.add_channel(channel);
        }
        network.bring_back();
        network.find_empty_channels();
        network
    }

    /// Rebuilds the indexes, which follow from users and channels and are not serialized.
    pub(crate) fn index(&mut self) {
        let users: Vec<(UserId, Nick)> =
            self.users.iter().map(|(id, user)| (*id, user.nick().clone())).collect();
        for (id, nick) in users {
            self.insert_nick(nick, id);
        }
        self.names = self.channels.iter().map(|(id, channel)| (channel.name().clone(), *id)).collect();
        self.occupied = self.channels.values().filter(|channel| !channel.members.is_empty()).count();
        self.find_empty_channels();
        self.index_accounts();
        self.index_invitations();
        self.index_retention();
    }

    /// Starts committing an entry with this time.
    pub(crate) const fn begin_entry(&mut self, at: Timestamp) {
        self.at = at;
    }

    /// The user who acts in an entry. A session that was signed out meanwhile acts for nobody any more.
    pub(crate) fn actor(&self, meta: &Meta) -> Result<(UserId, &User), Refusal> {
        let id = meta.actor.ok_or(Refusal::Gone)?;
        let user = self.user(id).ok_or(Refusal::Gone)?;
        match meta.origin.session_ref() {
            Some(session) if !user.sessions().contains(&session) => Err(Refusal::Gone),
            _ => Ok((id, user)),
        }
    }

    pub(crate) fn user(&self, id: UserId) -> Option<&User> {
        self.users.get(&id)
    }

    pub(crate) fn user_mut(&mut self, id: UserId) -> Option<&mut User> {
        self.users.get_mut(&id)
    }

    pub(crate) fn channel(&self, id: ChannelId) -> Option<&Channel> {
        self.channels.get(&id)
    }

    pub(crate) fn channel_mut(&mut self, id: ChannelId) -> Option<&mut Channel> {
        self.channels.get_mut(&id)
    }

    /// The channel with this id, to be changed. The entry that is being committed looked it up, so it cannot
    /// be gone.
    pub(crate) fn found_channel(&mut self, id: ChannelId) -> Result<&mut Channel, Refusal> {
        let channel = self.channels.get_mut(&id);
        debug_assert!(channel.is_some(), "nothing takes a channel away between its check and what it allows");
        channel.ok_or(Refusal::Gone)
    }

    /// A user, with a channel to be changed. The entry that is being committed looked up both, so neither can
    /// be gone.
    pub(crate) fn user_at_channel(
        &mut self,
        user: UserId,
        channel: ChannelId,
    ) -> Result<(&User, &mut Channel), Refusal> {
        let found = self.users.get(&user).zip(self.channels.get_mut(&channel));
        debug_assert!(found.is_some(), "nothing takes either away between the check and what it allows");
        found.ok_or(Refusal::Gone)
    }

    /// Reads the nick of somebody who should exist. A nick that nobody can have is refused in the same way as
    /// one that nobody has.
    pub(crate) fn read_nick(&self, text: &str) -> Result<Nick, Refusal> {
        names::nick(text, &self.settings.name_rules()).map_err(|_| Refusal::NoSuchNick(text.to_owned()))
    }

    /// Reads the name of a channel that should exist.
    pub(crate) fn read_channel_name(&self, text: &str) -> Result<ChannelName, Refusal> {
        names::channel(text, &self.settings.name_rules()).map_err(|_| Refusal::NoSuchChannel(text.to_owned()))
    }

    /// Reads the name of a channel or the nick of a user who should exist.
    pub(crate) fn read_conversation(&self, text: &str) -> Result<ConversationName, Refusal> {
        ConversationName::parse(text, &self.settings.name_rules()).map_err(|_| {
            let (text, is_channel) = (text.to_owned(), is_channel(text));
            if is_channel { Refusal::NoSuchChannel(text) } else { Refusal::NoSuchNick(text) }
        })
    }

    /// Finds a user by a nick that a person typed.
    pub(crate) fn find_user(&self, nick: &str) -> Result<(UserId, &User), Refusal> {
        self.user_named(&self.read_nick(nick)?).map_err(|_| Refusal::NoSuchNick(nick.to_owned()))
    }

    /// The user who has this nick now.
    pub(crate) fn user_named(&self, nick: &Nick) -> Result<(UserId, &User), Refusal> {
        let found = self.nicks.get(nick).and_then(|id| Some((*id, self.user(*id)?)));
        found.ok_or_else(|| Refusal::NoSuchNick(nick.to_string()))
    }

    /// The channel that has this name now, even if it is secret. Commands use
    /// [`Self::visible_channel_named`].
    fn channel_named(&self, name: &ChannelName) -> Result<(ChannelId, &Channel), Refusal> {
        let found = self.channel_id(name).and_then(|id| Some((id, self.channel(id)?)));
        found.ok_or_else(|| Refusal::NoSuchChannel(name.to_string()))
    }

    /// The channel that has this name now, even a secret one, for somebody with the right to oversee
    /// channels.
    pub(crate) fn overseen_channel(
        &self,
        _: &Oversight,
        name: &ChannelName,
    ) -> Result<(ChannelId, &Channel), Refusal> {
        self.channel_named(name)
    }

    pub(crate) fn channel_id(&self, name: &ChannelName) -> Option<ChannelId> {
        self.names.get(name).copied()
    }

    /// Checks that nobody else has this nick or one that looks like it.
    pub(crate) fn free_nick(&self, nick: &Nick, by_other_than: Option<UserId>) -> Result<(), Refusal> {
        let is_other = |owner: &&UserId| Some(**owner) != by_other_than;
        if let Some(holder) = self.nicks.get(nick).filter(is_other) {
            // Somebody who has an account may be the one who asks, on another device.
            let has_account = self.user(*holder).is_some_and(|holder| holder.account().is_some());
            let nick = nick.to_string();
            return Err(if has_account { Refusal::NickOwned(nick) } else { Refusal::NickInUse(nick) });
        }
        let look = names::skeleton(nick, self.casemapping());
        let alike = look.and_then(|look| self.skeletons.get(&look)).filter(is_other);
        match alike.and_then(|owner| self.user(*owner)) {
            Some(owner) => {
                Err(Refusal::NickConfusable { nick: nick.to_string(), other: owner.nick().clone() })
            }
            None => Ok(()),
        }
    }

    /// Users in the order of their nicks.
    pub(crate) fn users(&self) -> impl Iterator<Item = (UserId, &User)> {
        self.nicks.values().filter_map(|id| self.user(*id).map(|user| (*id, user)))
    }

    /// Channels in the order of their names.
    pub(crate) fn channels(&self) -> impl Iterator<Item = &Channel> {
        self.names.values().filter_map(|id| self.channel(*id))
    }

    /// The first channel after this name, or the very first, in the order of their names.
    pub(crate) fn channel_after(&self, name: Option<&ChannelName>) -> Option<&Channel> {
        let from = name.map_or(Bound::Unbounded, Bound::Excluded);
        let (_, id) = self.names.range((from, Bound::Unbounded)).next()?;
        self.channel(*id)
    }

    /// The first user after this nick, or the very first, in the order of their nicks.
    pub(crate) fn user_after(&self, nick: Option<&Nick>) -> Option<(UserId, &User)> {
        let from = nick.map_or(Bound::Unbounded, Bound::Excluded);
        let (_, id) = self.nicks.range((from, Bound::Unbounded)).next()?;
        self.user(*id).map(|user| (*id, user))
    }

    /// The numbers of users.
    pub(crate) fn user_counts(&self) -> UserCounts {
        UserCounts { users: self.users.len(), ..self.counts }
    }

    /// Replaces a user's modes, and returns the old ones.
    pub(crate) fn set_user_modes(&mut self, id: UserId, modes: UserModes) -> UserModes {
        let Some(user) = self.users.get_mut(&id) else {
            debug_assert!(false, "the modes are those of somebody who was found");
            return modes;
        };
        let before = std::mem::replace(&mut user.modes, modes);
        self.counts.count(before, modes);
        self.note_changed(id);
        before
    }

    /// The number of channels, including empty ones that have a history.
    pub(crate) fn channel_count(&self) -> usize {
        self.channels.len()
    }

    /// The number of channels that have a member.
    pub(crate) const fn occupied_channel_count(&self) -> usize {
        self.occupied
    }

    /// Users who have left or changed their nick.
    pub(crate) const fn past(&self) -> &Past {
        &self.past
    }

    pub(crate) fn casemapping(&self) -> Casemapping {
        self.settings.casemapping
    }

    /// Adds the user that the entry with this number registers.
    pub(crate) fn add_user(&mut self, seq: u64, user: User) -> UserId {
        let nick = user.nick().clone();
        self.counts.count(UserModes::empty(), user.modes);
        let id = UserId(seq);
        let account = user.account().cloned();
        let before = self.users.insert(id, user);
        debug_assert!(before.is_none(), "an entry registers one user");
        self.insert_nick(nick, id);
        if account.is_some() {
            self.bind_account(id, account);
        }
        self.counts.most = self.counts.most.max(self.users.len());
        id
    }

    /// Removes a user, who is remembered for WHOWAS. Must be called during a commit.
    pub(crate) fn remove_user(&mut self, id: UserId) -> Option<User> {
        self.set_account_absent(id);
        let user = self.users.swap_remove(&id)?;
        self.past.add(&user, self.at, self.settings.limits.whowas_entries);
        self.remove_nick(user.nick());
        self.read_markers.remove(&id);
        self.counts.count(user.modes, UserModes::empty());
        Some(user)
    }

    /// Changes a user's nick. The old one is remembered for WHOWAS, unless only its case has changed. Must be
    /// called during a commit.
    pub(crate) fn rename_user(&mut self, id: UserId, nick: Nick) {
        let Some(user) = self.users.get(&id) else {
            debug_assert!(false, "whoever takes another nick was found");
            return;
        };
        let before = user.nick().clone();
        if before != nick {
            self.past.add(user, self.at, self.settings.limits.whowas_entries);
        }
        self.remove_nick(&before);
        self.insert_nick(nick.clone(), id);
        if let Some(user) = self.users.get_mut(&id) {
            user.rename(nick);
        }
        self.note_changed(id);
    }

    fn insert_nick(&mut self, nick: Nick, id: UserId) {
        if let Some(look) = names::skeleton(&nick, self.casemapping()) {
            self.skeletons.insert(look, id);
        }
        self.nicks.insert(nick, id);
    }

    fn remove_nick(&mut self, nick: &Nick) {
        self.nicks.remove(nick);
        if let Some(look) = names::skeleton(nick, self.casemapping()) {
            self.skeletons.remove(&look);
        }
    }

    /// Who sent the message with this number and where, if it was sent recently.
    pub(crate) fn author(&self, seq: u64) -> Option<(UserId, &SentTo)> {
        self.users.iter().find_map(|(id, user)| user.recent_messages()?.sent_to(seq).map(|to| (*id, to)))
    }

    /// Forgets who sent the message with this number.
    pub(crate) fn forget_message(&mut self, seq: u64) {
        let author = self.author(seq).map(|(author, _)| author);
        if let Some(user) = author.and_then(|author| self.user_mut(author)) {
            user.recent_messages_mut().remove(seq);
        }
    }
}
