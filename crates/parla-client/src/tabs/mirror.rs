//! What the leading tab shows, for the other tabs. Each of them receives what is new when it asks, and for a
//! long conversation only the chunks that it does not have. Nothing is copied or written while there is no
//! other tab.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

use super::TabId;
use crate::{
    limits::TAB_EVENTS_MAX,
    problem::Problem,
    settings::RoomSettings,
    sorted_map::SortedMap,
    view::{
        BufferId, BufferView, Chunk, ChunkRef, DirectoryRoom, DirectoryView, Member, Members, NetworkId,
        NetworkView, Update,
    },
};

/// A tab that has been silent for this long is frozen or gone. If it comes back, it receives everything.
const SILENT_MAX: Duration = Duration::from_secs(300);

/// The tabs that an event is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipients {
    /// All tabs.
    All,
    /// One tab, in which the person asked for it.
    One(TabId),
}

/// What one tab receives at once.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Delivery {
    /// The serial number of the delivery.
    pub(super) serial: u64,
    /// Whether everything that was known before must be forgotten.
    pub(super) is_whole: bool,
    pub(super) items: Vec<Item>,
    /// The number of the tab's last command that was carried out. It is sent together with the effects of the
    /// commands, so that if the leader goes away, either both or neither have arrived.
    pub(super) done: Option<u64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Item {
    /// An update that is sent as it is.
    Update(Update),
    Buffer(NetworkId, Box<BufferView>, Parts),
    Directory(NetworkId, Rooms),
}

/// The large parts of a conversation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Parts {
    pub(super) chunks: Vec<Piece>,
    /// The number of rows in all chunks.
    pub(super) len: usize,
    /// The members; `None` if unchanged.
    pub(super) members: Option<Vec<Member>>,
    /// The settings of the channel; `None` if unchanged.
    pub(super) settings: Option<RoomSettings>,
}

/// A part of a timeline.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Piece {
    /// This many chunks of the last delivery, starting with this one.
    Kept {
        first: usize,
        count: usize,
    },
    New(Chunk),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Rooms {
    /// The rooms; `None` if unchanged.
    pub(super) rooms: Option<Vec<DirectoryRoom>>,
    pub(super) complete: bool,
    pub(super) cut: bool,
    pub(super) trouble: Option<Arc<Problem>>,
}

type Key = (NetworkId, BufferId);

impl Delivery {
    /// Whether it contains everything.
    pub const fn is_whole(&self) -> bool {
        self.is_whole
    }
}

/// What the leading tab shows.
#[derive(Debug, Default)]
pub struct Mirror {
    networks: SortedMap<NetworkId, NetworkView>,
    buffers: SortedMap<Key, BufferView>,
    directories: SortedMap<NetworkId, DirectoryView>,
    followers: SortedMap<TabId, Follower>,
}

/// What one of the other tabs has, and what it must still receive.
#[derive(Debug)]
struct Follower {
    serial: u64,
    heard_at: Timestamp,
    /// Whether it was told that there is something new.
    is_called: bool,
    has: SortedMap<Key, Has>,
    has_rooms: SortedMap<NetworkId, DirectoryView>,
    networks: BTreeSet<NetworkId>,
    directories: BTreeSet<NetworkId>,
    buffers: BTreeSet<Key>,
    /// Removals that it must be told of.
    gone: Vec<Update>,
    /// Events that it must be told of.
    events: Vec<Update>,
    /// The number of its last command that was carried out.
    done: Option<u64>,
}

/// The large parts that a tab has.
#[derive(Clone, Debug, Default)]
struct Has {
    chunks: Vec<ChunkRef>,
    members: Members,
    settings: Arc<RoomSettings>,
}

impl Mirror {
    /// Applies the updates for the interface of the leading tab. Events are left out: see [`Mirror::say`].
    pub fn apply(&mut self, updates: &[Update]) {
        for update in updates {
            match update {
                Update::Network(view) => {
                    self.networks.insert(view.id, view.clone());
                    self.each(|follower| follower.networks.extend([view.id]));
                }
                Update::Buffer(network, view) => {
                    let key = (*network, view.id);
                    self.buffers.insert(key, view.clone());
                    self.each(|follower| follower.buffers.extend([key]));
                }
                Update::BufferClosed(network, id) => {
                    self.buffers.remove(&(*network, *id));
                    self.each(|follower| follower.gone.push(update.clone()));
                }
                Update::NetworkForgotten(network) => {
                    self.networks.remove(network);
                    self.directories.remove(network);
                    self.buffers.retain(|(known, _), _| known != network);
                    self.each(|follower| follower.gone.push(update.clone()));
                }
                Update::Directory(network, view) => {
                    self.directories.insert(*network, view.clone());
                    self.each(|follower| follower.directories.extend([*network]));
                }
                Update::Conversations(..)
                | Update::Person(..)
                | Update::Announcement(..)
                | Update::Show(..)
                | Update::Alert(..)
                | Update::Certificate(..) => {}
            }
        }
        // A tab that has too much waiting receives everything when it comes back.
        self.followers.retain(|_, follower| follower.gone.len() <= TAB_EVENTS_MAX);
    }

    fn each(&mut self, act: impl Fn(&mut Follower)) {
        self.followers.values_mut().for_each(act);
    }

    /// Adds an event for these tabs.
    pub fn say(&mut self, audience: Recipients, event: &Update) {
        for (tab, follower) in self.followers.iter_mut() {
            let is_for = match audience {
                Recipients::All => true,
                Recipients::One(one) => one == *tab,
            };
            if is_for && follower.events.len() < TAB_EVENTS_MAX {
                follower.events.push(event.clone());
            }
        }
    }

    /// The commands of this tab up to this number have been carried out, and their effects follow. The tab
    /// learns of both when it asks next.
    pub fn done(&mut self, now: Timestamp, tab: TabId, number: u64) {
        if self.followers.get(&tab).is_none() {
            self.followers.insert(tab, Follower { heard_at: now, ..Follower::new(self) });
        }
        if let Some(follower) = self.followers.get_mut(&tab) {
            follower.done = follower.done.max(Some(number));
        }
    }

    /// All networks and conversations.
    pub fn views(&self) -> (impl Iterator<Item = &NetworkView>, impl Iterator<Item = &BufferView>) {
        (self.networks.values(), self.buffers.values())
    }

    /// Whether some tab must be told that there is something new for it; the caller tells it now. Also
    /// forgets silent tabs.
    pub fn call(&mut self, now: Timestamp) -> bool {
        self.followers.retain(|_, follower| now.since(follower.heard_at) < SILENT_MAX);
        let mut is_any = false;
        for follower in self.followers.values_mut() {
            if !follower.is_called && !follower.is_up_to_date() {
                follower.is_called = true;
                is_any = true;
            }
        }
        is_any
    }

    /// The following tabs, with the one that was heard of last first.
    pub fn followers(&self) -> Vec<TabId> {
        let mut tabs: Vec<_> = self.followers.iter().map(|(tab, one)| (one.heard_at, *tab)).collect();
        tabs.sort_unstable_by(|one, other| other.cmp(one));
        tabs.into_iter().map(|(_, tab)| tab).collect()
    }

    /// A tab has sent something.
    pub fn note_activity(&mut self, now: Timestamp, tab: TabId) {
        if let Some(follower) = self.followers.get_mut(&tab) {
            follower.heard_at = now;
        }
    }

    /// A tab was closed.
    pub fn gone(&mut self, tab: TabId) {
        self.followers.remove(&tab);
    }

    /// Everything that is new for a tab that has this delivery.
    pub fn deliver(&mut self, now: Timestamp, tab: TabId, had: u64) -> Delivery {
        let mut known = self.followers.remove(&tab);
        // A tab that has missed a delivery must still receive the events.
        let unsaid =
            known.as_mut().map(|follower| (std::mem::take(&mut follower.events), follower.done.take()));
        let known = known.filter(|follower| had > 0 && follower.serial == had);
        let is_whole = known.is_none();
        let mut follower = known.unwrap_or_else(|| Follower::new(self));
        (follower.events, follower.done) = unsaid.unwrap_or_default();
        follower.heard_at = now;
        follower.is_called = false;
        if follower.is_up_to_date() && !is_whole {
            self.followers.insert(tab, follower);
            return Delivery { serial: had, ..Delivery::default() };
        }
        follower.serial = had + 1;
        let done = follower.done.take();
        let items = follower.items(self);
        let serial = follower.serial;
        self.followers.insert(tab, follower);
        Delivery { serial, is_whole, items, done }
    }
}

impl Follower {
    /// A tab that has nothing yet.
    fn new(mirror: &Mirror) -> Self {
        Self {
            serial: 0,
            heard_at: Timestamp::default(),
            is_called: false,
            has: SortedMap::default(),
            has_rooms: SortedMap::default(),
            networks: mirror.networks.keys().copied().collect(),
            directories: mirror.directories.keys().copied().collect(),
            buffers: mirror.buffers.keys().copied().collect(),
            gone: Vec::new(),
            events: Vec::new(),
            done: None,
        }
    }

    fn is_up_to_date(&self) -> bool {
        self.networks.is_empty()
            && self.directories.is_empty()
            && self.buffers.is_empty()
            && self.gone.is_empty()
            && self.events.is_empty()
            && self.done.is_none()
    }

    /// What it lacks, with removals first and events last.
    fn items(&mut self, mirror: &Mirror) -> Vec<Item> {
        let mut items = Vec::new();
        for update in std::mem::take(&mut self.gone) {
            match &update {
                Update::BufferClosed(network, id) => drop(self.has.remove(&(*network, *id))),
                Update::NetworkForgotten(network) => {
                    self.has.retain(|(known, _), _| known != network);
                    self.has_rooms.remove(network);
                }
                _ => {}
            }
            items.push(Item::Update(update));
        }
        for id in std::mem::take(&mut self.networks) {
            items.extend(mirror.networks.get(&id).cloned().map(|view| Item::Update(Update::Network(view))));
        }
        for key in std::mem::take(&mut self.buffers) {
            let Some(view) = mirror.buffers.get(&key) else { continue };
            let parts = self.parts(key, view);
            // They are sent in `parts`; serde leaves them out.
            items.push(Item::Buffer(key.0, Box::new(view.clone()), parts));
        }
        for id in std::mem::take(&mut self.directories) {
            let Some(view) = mirror.directories.get(&id) else { continue };
            let has = self.has_rooms.insert(id, view.clone());
            let is_same = has.is_some_and(|has| has.rooms == view.rooms);
            let rooms = (!is_same).then(|| view.rooms.0.to_vec());
            items.push(Item::Directory(
                id,
                Rooms { rooms, complete: view.complete, cut: view.cut, trouble: view.trouble.clone() },
            ));
        }
        items.extend(std::mem::take(&mut self.events).into_iter().map(Item::Update));
        items
    }

    fn parts(&mut self, key: Key, view: &BufferView) -> Parts {
        let now = Has {
            chunks: view.timeline.chunks.clone(),
            members: view.members.clone(),
            settings: Arc::clone(&view.settings),
        };
        let before = self.has.insert(key, now);
        let is_first = before.is_none();
        let before = before.unwrap_or_default();
        let members = (is_first || before.members != view.members).then(|| view.members.0.to_vec());
        let settings =
            (is_first || before.settings != view.settings).then(|| RoomSettings::clone(&view.settings));
        Parts {
            chunks: pieces(&before.chunks, &view.timeline.chunks),
            len: view.timeline.len,
            members,
            settings,
        }
    }
}

/// Expresses one list of chunks in terms of another. Most of them are the same, in the same order.
fn pieces(before: &[ChunkRef], now: &[ChunkRef]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for chunk in now {
        let rest = before.get(from..).unwrap_or_default();
        let Some(at) = rest.iter().position(|known| known == chunk).map(|at| from + at) else {
            pieces.push(Piece::New(Chunk::clone(&chunk.0)));
            continue;
        };
        from = at + 1;
        match pieces.last_mut() {
            Some(Piece::Kept { first, count }) if *first + *count == at => *count += 1,
            _ => pieces.push(Piece::Kept { first: at, count: 1 }),
        }
    }
    pieces
}
