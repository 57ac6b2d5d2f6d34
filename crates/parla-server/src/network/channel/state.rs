//! What a restart must not lose of a channel: its name, its modes, its lists and its topic. Members are not part of it.

use std::collections::BTreeMap;

use parla_proto::{ChannelName, Timestamp, extban::ListMask, metadata::Key, mode::ChannelMode};
use serde::{Deserialize, Serialize};

use super::Flags;

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
    /// The number under which its messages are kept: that of the entry that made it.
    pub record: u64,
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

impl ChannelState {
    /// A new channel, without anything in it.
    pub fn new(record: u64, name: ChannelName, at: Timestamp, flags: Flags) -> Self {
        Self {
            record,
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

    /// Every list with its mode.
    pub fn lists(&self) -> [(ChannelMode, &[ListEntry]); 3] {
        [
            (ChannelMode::Ban, &self.bans),
            (ChannelMode::BanException, &self.ban_exceptions),
            (ChannelMode::InviteException, &self.invite_exceptions),
        ]
    }

    /// The list of a mode, if the mode has one.
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
