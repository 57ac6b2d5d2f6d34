//! What a restart must not lose of a channel: its name, its modes, its lists and its topic. Members are not part of it.

use std::collections::BTreeMap;

use parla_proto::{ChannelName, Timestamp, extban::ListMask, metadata::Key, mode::ChannelMode};
use serde::{Deserialize, Serialize};

use super::Flags;
use crate::network::{ChannelId, conversation::Conversation};

/// The topic, and who set it when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Never empty.
    pub text: String,
    /// `nick!user@host`.
    pub setter: String,
    /// When.
    pub at: Timestamp,
}

/// One entry of a list mode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListEntry {
    /// Whom it matches.
    pub mask: ListMask,
    /// `nick!user@host`.
    pub setter: String,
    /// When.
    pub at: Timestamp,
}

/// What a restart must not lose of a channel. Members are not part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelState {
    /// What the network calls it, and under what its messages are kept.
    pub id: ChannelId,
    /// As its maker wrote it.
    pub name: ChannelName,
    /// When it was made.
    pub created_at: Timestamp,
    /// What it is about.
    pub topic: Option<Topic>,
    /// Modes without a parameter.
    pub flags: Flags,
    /// Mode `k`.
    pub key: Option<String>,
    /// Mode `l`.
    pub limit: Option<u32>,
    /// Mode `f`.
    pub forward: Option<ChannelName>,
    /// Mode `b`.
    pub bans: Vec<ListEntry>,
    /// Mode `e`.
    pub ban_exceptions: Vec<ListEntry>,
    /// Mode `I`.
    pub invite_exceptions: Vec<ListEntry>,
    /// Since when nobody is in it; none: somebody is, or was when the server stopped.
    pub empty_since: Option<Timestamp>,
    /// What its operators say of it.
    pub metadata: BTreeMap<Key, String>,
}

/// One change of what is kept of a channel. There is no other way to change it, so that the network and the disk agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelChange {
    /// It has another name, or another spelling of its name.
    Name(ChannelName),
    /// It has this topic, or none.
    Topic(Option<Topic>),
    /// These of the modes without a parameter hold.
    Flags(Flags),
    /// Mode `k` has this value, or does not hold.
    Key(Option<String>),
    /// Mode `l` has this value, or does not hold.
    Limit(Option<u32>),
    /// Mode `f` has this value, or does not hold.
    Forward(Option<ChannelName>),
    /// A list has one entry more, at its end.
    ListEntryAdded {
        /// The list's mode.
        mode: ChannelMode,
        /// The entry. No other one of the list has its mask.
        entry: ListEntry,
    },
    /// A list has one entry less.
    ListEntryRemoved {
        /// The list's mode.
        mode: ChannelMode,
        /// The entry's mask.
        mask: ListMask,
    },
    /// A key of METADATA has this value, or none.
    Metadata {
        /// The key.
        key: Key,
        /// The value, which is never empty.
        value: Option<String>,
    },
    /// Nobody has been in it since then; none: somebody is.
    EmptySince(Option<Timestamp>),
}

impl ChannelState {
    /// A new channel, without anything in it.
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
            metadata: BTreeMap::new(),
        }
    }

    /// The conversation that its messages are in.
    pub const fn conversation(&self) -> Conversation {
        Conversation::Channel(self.id)
    }

    /// Makes one change.
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
        }
    }

    /// Every list with its mode.
    pub fn lists(&self) -> [(ChannelMode, &[ListEntry]); 3] {
        [
            (ChannelMode::Ban, &self.bans),
            (ChannelMode::BanException, &self.ban_exceptions),
            (ChannelMode::InviteException, &self.invite_exceptions),
        ]
    }

    /// The list of a mode; empty if the mode has none.
    pub fn list(&self, mode: ChannelMode) -> &[ListEntry] {
        match mode {
            ChannelMode::Ban => &self.bans,
            ChannelMode::BanException => &self.ban_exceptions,
            ChannelMode::InviteException => &self.invite_exceptions,
            _ => &[],
        }
    }

    /// The same, to change it, if the mode has one.
    pub fn list_mut(&mut self, mode: ChannelMode) -> Option<&mut Vec<ListEntry>> {
        match mode {
            ChannelMode::Ban => Some(&mut self.bans),
            ChannelMode::BanException => Some(&mut self.ban_exceptions),
            ChannelMode::InviteException => Some(&mut self.invite_exceptions),
            _ => None,
        }
    }

    /// The modes with their parameters, such as `+klnt key 5`; the key only for members.
    pub(crate) fn modes(&self, for_member: bool) -> String {
        let (mut letters, mut params) = ("+".to_owned(), String::new());
        let mut add = |letter, param: &dyn std::fmt::Display| {
            letters.push(letter);
            params.push_str(&format!(" {param}"));
        };
        if let Some(forward) = &self.forward {
            add('f', forward);
        }
        if let Some(key) = &self.key {
            add('k', if for_member { key } else { &"*" });
        }
        if let Some(limit) = &self.limit {
            add('l', limit);
        }
        letters.push_str(&self.flags.letters());
        letters + &params
    }
}
