//! Direct messages, which the browser stores because a server without accounts stores them for nobody. Each
//! message is one text.
//!
//! The archive is limited, and the oldest messages are dropped first. Messages in rooms are not stored here,
//! because the server has their history.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use parla_client::{
    ArchivedMessage,
    view::{Audience, BufferKind, Manner},
};
use parla_engine::Recalled;
use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

use crate::storage;

/// The start of the keys; the person, the time and a number follow.
const SAID: &str = "said ";
/// The most messages that are kept of one conversation.
const OF_ONE_MAX: usize = 500;
/// The most messages that are kept in all.
const MESSAGES_MAX: usize = 3_000;

/// The position of a message in its conversation: its time, and its number among those of the same time.
type ArchivePosition = (i64, u32);

/// Which messages are stored; their content is in the storage.
#[derive(Debug, Default)]
pub(crate) struct Archive {
    positions: BTreeMap<String, BTreeSet<ArchivePosition>>,
}

/// A message as it is stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    msgid: Option<String>,
    source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(default)]
    manner: Manner,
    text: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    own: bool,
    /// The prefix of the rank that it was addressed to, if it was not for all members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sign: Option<char>,
}

impl Archive {
    /// Opens what the browser has stored.
    pub(crate) fn open() -> Self {
        let mut archive = Self::default();
        for key in storage::keys(SAID) {
            if let Some((name, position)) = parse(&key) {
                archive.positions.entry(name.to_owned()).or_default().insert(position);
            }
        }
        archive
    }

    /// Stores a message.
    pub(crate) fn keep(&mut self, kept: &ArchivedMessage) {
        let stored = Stored {
            msgid: kept.msgid.as_deref().map(str::to_owned),
            source: kept.source.to_string(),
            account: kept.account.as_deref().map(str::to_owned),
            manner: kept.manner,
            text: kept.text.to_string(),
            own: kept.own,
            sign: kept.audience.map(|audience| audience.sign),
        };
        let Ok(text) = serde_json::to_string(&stored) else { return };
        let at = kept.at.as_millis();
        let positions = self.positions.entry(kept.buffer.to_string()).or_default();
        let last = positions.range((at, 0)..=(at, u32::MAX)).next_back();
        let position = (at, last.map_or(0, |(_, number)| number.saturating_add(1)));
        positions.insert(position);
        let key = key(&kept.buffer, position);
        // If other things are in the storage, it has less room than we would use.
        while !storage::save(&key, Some(&text)) && self.drop_oldest() {}
        self.shorten(&kept.buffer);
    }

    /// Removes a message that was deleted.
    pub(crate) fn unkeep(&mut self, name: &str, msgid: &str) {
        let Some(positions) = self.positions.get_mut(name) else { return };
        let is_it = |position: &ArchivePosition| {
            load_message(name, *position).is_some_and(|kept| kept.msgid.as_deref() == Some(msgid))
        };
        if let Some(position) = positions.iter().copied().find(is_it) {
            positions.remove(&position);
            storage::save(&key(name, position), None);
        }
    }

    /// Somebody has a new nick. Messages that are already stored under it stay, and all are ordered by time.
    /// A message that cannot be stored under the new nick stays under the old one.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        if from == to {
            return;
        }
        let Some(positions) = self.positions.remove(from) else { return };
        for position in positions {
            let Some(text) = storage::load(&key(from, position)) else { continue };
            let known = self.positions.entry(to.to_owned()).or_default();
            let last = known.range((position.0, 0)..=(position.0, u32::MAX)).next_back();
            let new = (position.0, last.map_or(0, |(_, number)| number.saturating_add(1)));
            // The copy comes first: a page that ends in between has the message twice, which the client
            // recognises.
            if storage::save(&key(to, new), Some(&text)) {
                known.insert(new);
                storage::save(&key(from, position), None);
            } else {
                self.positions.entry(from.to_owned()).or_default().insert(position);
            }
        }
        self.shorten(to);
    }

    fn shorten(&mut self, name: &str) {
        while self.positions.get(name).is_some_and(|positions| positions.len() > OF_ONE_MAX) {
            if let Some(position) = self.positions.get_mut(name).and_then(BTreeSet::pop_first) {
                storage::save(&key(name, position), None);
            }
        }
        while self.positions.values().map(BTreeSet::len).sum::<usize>() > MESSAGES_MAX && self.drop_oldest() {
        }
    }

    /// Drops the oldest message of all. Returns false if there is none.
    fn drop_oldest(&mut self) -> bool {
        let firsts =
            self.positions.iter().filter_map(|(name, positions)| Some((*positions.first()?, name.clone())));
        let Some((position, name)) = firsts.min() else { return false };
        if let Some(positions) = self.positions.get_mut(&name) {
            positions.remove(&position);
        }
        storage::save(&key(&name, position), None)
    }

    /// The newest messages of a conversation that are older than `before`, oldest first, and whether there
    /// are more before them.
    pub(crate) fn recall(&self, name: &str, before: Option<Timestamp>, limit: usize) -> Recalled {
        let Some(positions) = self.positions.get(name) else { return Recalled::default() };
        let end = (before.map_or(i64::MAX, Timestamp::as_millis), 0);
        let mut older = positions.range(..end).rev();
        let mut messages: Vec<ArchivedMessage> =
            older.by_ref().take(limit).filter_map(|position| load_message(name, *position)).collect();
        messages.reverse();
        Recalled { messages, more: older.next().is_some() }
    }
}

fn key(name: &str, (at, number): ArchivePosition) -> String {
    format!("{SAID}{name} {at} {number}")
}

fn parse(key: &str) -> Option<(&str, ArchivePosition)> {
    // A nick contains no space.
    let mut words = key.split(' ');
    let name = words.next().filter(|name| !name.is_empty())?;
    Some((name, (words.next()?.parse().ok()?, words.next()?.parse().ok()?)))
}

fn load_message(name: &str, position: ArchivePosition) -> Option<ArchivedMessage> {
    let stored: Stored = serde_json::from_str(&storage::load(&key(name, position))?).ok()?;
    Some(ArchivedMessage {
        kind: BufferKind::Direct,
        buffer: name.into(),
        msgid: stored.msgid.map(Arc::from),
        at: Timestamp::from_millis(position.0),
        source: stored.source.into(),
        account: stored.account.map(Arc::from),
        manner: stored.manner,
        text: stored.text.into(),
        own: stored.own,
        audience: stored.sign.map(Audience::of),
    })
}
