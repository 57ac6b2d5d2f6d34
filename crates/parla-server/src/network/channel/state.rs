//! What a channel must keep over a restart: its name, modes, lists and topic. Members are not part of it.

use std::{collections::BTreeMap, time::Duration};

use parla_proto::{ChannelName, Timestamp, extban::ListMask, metadata::Key, mode::ChannelMode};
use serde::{Deserialize, Serialize};

use super::Flags;
use crate::network::{ChannelId, account::AccountId, conversation::Conversation, rank::Rank};

/// The topic, who set it and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// The text, which is never empty.
    pub text: String,
    /// `nick!user@host`.
    pub setter: String,
    /// When it was set.
    pub at: Timestamp,
}

/// One element of a list mode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListEntry {
    /// The users it matches.
    pub mask: ListMask,
    /// `nick!user@host`.
    pub setter: String,
    /// When it was added.
    pub at: Timestamp,
}

/// What a channel must keep over a restart. Members are not part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelState {
    /// The network's id of the channel, under which its messages are stored.
    pub id: ChannelId,
    /// The name, spelled as its creator wrote it.
    pub name: ChannelName,
    /// When it was created.
    pub created_at: Timestamp,
    /// The topic, if it has one.
    pub topic: Option<Topic>,
    /// Modes without a parameter.
    pub flags: Flags,
    /// The key; mode `k`.
    pub key: Option<String>,
    /// The maximum number of members; mode `l`.
    pub limit: Option<u32>,
    /// The channel to forward to; mode `f`.
    pub forward: Option<ChannelName>,
    /// The bans; mode `b`.
    pub bans: Vec<ListEntry>,
    /// The exceptions to bans; mode `e`.
    pub ban_exceptions: Vec<ListEntry>,
    /// The exceptions to `+i`; mode `I`.
    pub invite_exceptions: Vec<ListEntry>,
    /// Since when it has been empty; `None` if somebody is in it, or was when the server stopped.
    pub empty_since: Option<Timestamp>,
    /// The account that owns it. A channel with an owner stays when it is empty, and remembers who is a member
    /// and with which ranks.
    pub owner: Option<AccountId>,
    /// Accounts that are members, with the ranks that they have whenever they enter; only of a channel with an
    /// owner.
    pub access: BTreeMap<AccountId, Rank>,
    /// For each of these accounts, the number of the entry since which it has been a member.
    pub member_since: BTreeMap<AccountId, u64>,
    /// The account to which the owner has offered it, if it has not been accepted yet.
    pub offered_to: Option<AccountId>,
    /// How long its messages are kept, if that is shorter than the network keeps messages.
    pub retain: Option<Duration>,
    /// How many of the messages from before they came members may read who have no rank for more; `None` if all.
    pub newcomers_read: Option<u32>,
    /// Its METADATA values.
    pub metadata: BTreeMap<Key, String>,
}

/// One change of a channel's stored state. There is no other way to change it, so the network and the disk
/// always agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelChange {
    /// The channel was renamed, or the spelling of its name changed.
    Name(ChannelName),
    /// The topic was set or cleared.
    Topic(Option<Topic>),
    /// The modes without a parameter are now these.
    Flags(Flags),
    /// Mode `k` was set to this key or removed.
    Key(Option<String>),
    /// Mode `l` was set to this limit or removed.
    Limit(Option<u32>),
    /// Mode `f` was set to this channel or removed.
    Forward(Option<ChannelName>),
    /// A list got a new entry, at its end.
    ListEntryAdded {
        /// The list's mode.
        mode: ChannelMode,
        /// The entry. No other entry of the list has the same mask.
        entry: ListEntry,
    },
    /// An entry was removed from a list.
    ListEntryRemoved {
        /// The list's mode.
        mode: ChannelMode,
        /// The entry's mask.
        mask: ListMask,
    },
    /// A METADATA key was set or removed.
    Metadata {
        /// The key.
        key: Key,
        /// The value, which is never empty; `None` if the key was removed.
        value: Option<String>,
    },
    /// The channel has been empty since this time; `None` if somebody is in it.
    EmptySince(Option<Timestamp>),
    /// The channel belongs to this account now, or to none.
    Owner(Option<AccountId>),
    /// An account has these ranks whenever it enters, or is no longer remembered.
    Access {
        /// The account.
        account: AccountId,
        /// Its ranks, which may be none; `None` if it is not remembered.
        rank: Option<Rank>,
        /// Since which entry it has been a member.
        since: u64,
    },
    /// The owner has offered the channel to this account, or to none any more.
    OfferedTo(Option<AccountId>),
    /// Its messages are kept this long, or as long as all others.
    Retain(Option<Duration>),
    /// Newcomers may read this many earlier messages, or all.
    NewcomersRead(Option<u32>),
}

impl ChannelState {
    /// A new, empty channel.
    pub fn new(id: ChannelId, name: ChannelName, at: Timestamp, flags: Flags) -> Self {
        Self {
            id,
            name,
            created_at: at,
            topic: None,
            flags,
            key: None,
            limit: None,
            forward: None,
            bans: Vec::new(),
            ban_exceptions: Vec::new(),
            invite_exceptions: Vec::new(),
            empty_since: None,
            owner: None,
            access: BTreeMap::new(),
            member_since: BTreeMap::new(),
            offered_to: None,
            retain: None,
            newcomers_read: None,
            metadata: BTreeMap::new(),
        }
    }

    /// The conversation that its messages belong to.
    pub const fn conversation(&self) -> Conversation {
        Conversation::Channel(self.id)
    }

    /// Applies one change.
    pub fn apply(&mut self, change: ChannelChange) {
        match change {
            ChannelChange::Name(name) => self.name = name,
            ChannelChange::Topic(topic) => self.topic = topic,
            ChannelChange::Flags(flags) => self.flags = flags,
            ChannelChange::Key(key) => self.key = key,
            ChannelChange::Limit(limit) => self.limit = limit,
            ChannelChange::Forward(forward) => self.forward = forward,
            ChannelChange::ListEntryAdded { mode, entry } => {
                if let Some(list) = self.list_mut(mode) {
                    debug_assert!(list.iter().all(|known| known.mask != entry.mask), "{entry:?} twice");
                    list.push(entry);
                }
            }
            ChannelChange::ListEntryRemoved { mode, mask } => {
                if let Some(list) = self.list_mut(mode) {
                    list.retain(|entry| entry.mask != mask);
                }
            }
            ChannelChange::Metadata { key, value: Some(value) } => drop(self.metadata.insert(key, value)),
            ChannelChange::Metadata { key, value: None } => drop(self.metadata.remove(&key)),
            ChannelChange::EmptySince(since) => self.empty_since = since,
            ChannelChange::Owner(owner) => self.owner = owner,
            ChannelChange::Access { account, rank: Some(rank), since } => {
                self.access.insert(account, rank);
                self.member_since.insert(account, since);
            }
            ChannelChange::Access { account, rank: None, .. } => {
                self.access.remove(&account);
                self.member_since.remove(&account);
            }
            ChannelChange::OfferedTo(account) => self.offered_to = account,
            ChannelChange::Retain(time) => self.retain = time,
            ChannelChange::NewcomersRead(count) => self.newcomers_read = count,
        }
    }

    /// All lists with their modes.
    pub fn lists(&self) -> [(ChannelMode, &[ListEntry]); 3] {
        [
            (ChannelMode::Ban, &self.bans),
            (ChannelMode::BanException, &self.ban_exceptions),
            (ChannelMode::InviteException, &self.invite_exceptions),
        ]
    }

    /// The list of a mode; empty if the mode is not a list.
    pub fn list(&self, mode: ChannelMode) -> &[ListEntry] {
        match mode {
            ChannelMode::Ban => &self.bans,
            ChannelMode::BanException => &self.ban_exceptions,
            ChannelMode::InviteException => &self.invite_exceptions,
            _ => &[],
        }
    }

    /// The list of a mode to be changed; `None` if the mode is not a list.
    pub fn list_mut(&mut self, mode: ChannelMode) -> Option<&mut Vec<ListEntry>> {
        match mode {
            ChannelMode::Ban => Some(&mut self.bans),
            ChannelMode::BanException => Some(&mut self.ban_exceptions),
            ChannelMode::InviteException => Some(&mut self.invite_exceptions),
            _ => None,
        }
    }

    /// The modes with their parameters as members see them, such as `+klnt key 5`.
    pub(crate) fn modes_for_members(&self) -> String {
        self.modes_with_key(self.key.as_deref())
    }

    /// The same for everybody else, who must not see the key.
    pub(crate) fn modes_for_others(&self) -> String {
        self.modes_with_key(self.key.as_ref().map(|_| "*"))
    }

    fn modes_with_key(&self, key: Option<&str>) -> String {
        let (mut letters, mut params) = ("+".to_owned(), String::new());
        let mut add = |letter, param: &dyn std::fmt::Display| {
            letters.push(letter);
            params.push_str(&format!(" {param}"));
        };
        if let Some(forward) = &self.forward {
            add('f', forward);
        }
        if let Some(key) = key {
            add('k', &key);
        }
        if let Some(limit) = &self.limit {
            add('l', limit);
        }
        letters.push_str(&self.flags.letters());
        letters + &params
    }
}
