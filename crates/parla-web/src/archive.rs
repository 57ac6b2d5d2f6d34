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
type Place = (i64, u32);

/// Which messages are stored; their content is in the storage.
#[derive(Debug, Default)]
pub(crate) struct Archive {
    places: BTreeMap<String, BTreeSet<Place>>,
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
            if let Some((name, place)) = parse(&key) {
                archive.places.entry(name.to_owned()).or_default().insert(place);
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
        let places = self.places.entry(kept.buffer.to_string()).or_default();
        let last = places.range((at, 0)..=(at, u32::MAX)).next_back();
        let place = (at, last.map_or(0, |(_, number)| number.saturating_add(1)));
        places.insert(place);
        let key = key(&kept.buffer, place);
        // If other things are in the storage, it has less room than we would use.
        while !storage::save(&key, Some(&text)) && self.drop_oldest() {}
        self.shorten(&kept.buffer);
    }

    /// Removes a message that was deleted.
    pub(crate) fn unkeep(&mut self, name: &str, msgid: &str) {
        let Some(places) = self.places.get_mut(name) else { return };
        let is_it =
            |place: &Place| read(name, *place).is_some_and(|kept| kept.msgid.as_deref() == Some(msgid));
        if let Some(place) = places.iter().copied().find(is_it) {
            places.remove(&place);
            storage::save(&key(name, place), None);
        }
    }

    /// Somebody has a new nick. Messages that are already stored under it stay, and all are ordered by time.
    /// A message that cannot be stored under the new nick stays under the old one.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        if from == to {
            return;
        }
        let Some(places) = self.places.remove(from) else { return };
        for place in places {
            let Some(text) = storage::load(&key(from, place)) else { continue };
            let known = self.places.entry(to.to_owned()).or_default();
            let last = known.range((place.0, 0)..=(place.0, u32::MAX)).next_back();
            let new = (place.0, last.map_or(0, |(_, number)| number.saturating_add(1)));
            // The copy comes first: a page that ends in between has the message twice, which the client
            // recognises.
            if storage::save(&key(to, new), Some(&text)) {
                known.insert(new);
                storage::save(&key(from, place), None);
            } else {
                self.places.entry(from.to_owned()).or_default().insert(place);
            }
        }
        self.shorten(to);
    }

    fn shorten(&mut self, name: &str) {
        while self.places.get(name).is_some_and(|places| places.len() > OF_ONE_MAX) {
            if let Some(place) = self.places.get_mut(name).and_then(BTreeSet::pop_first) {
                storage::save(&key(name, place), None);
            }
        }
        while self.places.values().map(BTreeSet::len).sum::<usize>() > MESSAGES_MAX && self.drop_oldest() {}
    }

    /// Drops the oldest message of all. Returns false if there is none.
    fn drop_oldest(&mut self) -> bool {
        let firsts = self.places.iter().filter_map(|(name, places)| Some((*places.first()?, name.clone())));
        let Some((place, name)) = firsts.min() else { return false };
        if let Some(places) = self.places.get_mut(&name) {
            places.remove(&place);
        }
        storage::save(&key(&name, place), None)
    }

    /// The newest messages of a conversation that are older than `before`, oldest first, and whether there
    /// are more before them.
    pub(crate) fn recall(&self, name: &str, before: Option<Timestamp>, limit: usize) -> Recalled {
        let Some(places) = self.places.get(name) else { return Recalled::default() };
        let end = (before.map_or(i64::MAX, Timestamp::as_millis), 0);
        let mut older = places.range(..end).rev();
        let mut messages: Vec<ArchivedMessage> =
            older.by_ref().take(limit).filter_map(|place| read(name, *place)).collect();
        messages.reverse();
        Recalled { messages, more: older.next().is_some() }
    }
}

fn key(name: &str, (at, number): Place) -> String {
    format!("{SAID}{name} {at} {number}")
}

fn parse(key: &str) -> Option<(&str, Place)> {
    // A nick contains no space.
    let mut words = key.split(' ');
    let name = words.next().filter(|name| !name.is_empty())?;
    Some((name, (words.next()?.parse().ok()?, words.next()?.parse().ok()?)))
}

fn read(name: &str, place: Place) -> Option<ArchivedMessage> {
    let stored: Stored = serde_json::from_str(&storage::load(&key(name, place))?).ok()?;
    Some(ArchivedMessage {
        kind: BufferKind::Direct,
        buffer: name.into(),
        msgid: stored.msgid.map(Arc::from),
        at: Timestamp::from_millis(place.0),
        source: stored.source.into(),
        account: stored.account.map(Arc::from),
        manner: stored.manner,
        text: stored.text.into(),
        own: stored.own,
        audience: stored.sign.map(Audience::of),
    })
}
