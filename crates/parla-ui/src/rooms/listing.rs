//! The content and order of the list on the left. Knows nothing of its appearance.

use std::sync::Arc;

use parla_client::{
    SortedMap,
    view::{BufferKind, LinkState, NetworkId, NetworkView},
};

use crate::{buffers::List, state::BufferKey, words::Words};

/// One network of the list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NetworkRows {
    pub(crate) id: NetworkId,
    pub(crate) name: Arc<str>,
    /// The person's nick there.
    pub(crate) you: String,
    /// What to say about the state of the connection.
    pub(crate) link_words: Option<&'static str>,
    /// Whether the person has disconnected it.
    pub(crate) is_disconnected: bool,
    pub(crate) rooms: Vec<BufferItem>,
    pub(crate) people: Vec<BufferItem>,
    pub(crate) server: Option<BufferItem>,
}

/// One conversation of the list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BufferItem {
    pub(crate) key: BufferKey,
    pub(crate) kind: BufferKind,
    pub(crate) name: Arc<str>,
}

impl NetworkRows {
    /// The rows from top to bottom.
    pub(crate) fn in_order(self) -> impl Iterator<Item = BufferItem> {
        self.server.into_iter().chain(self.rooms).chain(self.people)
    }
}

/// The list, sorted by name so that nothing jumps.
pub(crate) fn listing(
    networks: &SortedMap<NetworkId, NetworkView>,
    buffers: &List,
    words: Words,
) -> Vec<NetworkRows> {
    let mut list: Vec<NetworkRows> = networks.values().map(|network| empty(network, words)).collect();
    for (key, listed) in buffers.iter() {
        let Some(rows) = list.iter_mut().find(|rows| rows.id == key.network) else { continue };
        let row = BufferItem { key: *key, kind: listed.kind, name: Arc::clone(&listed.name) };
        match listed.kind {
            BufferKind::Room => rows.rooms.push(row),
            BufferKind::Direct => rows.people.push(row),
            BufferKind::Server => rows.server = Some(row),
        }
    }
    tell_apart(&mut list, networks, words);
    for rows in &mut list {
        rows.rooms.sort_by_cached_key(by_name);
        rows.people.sort_by_cached_key(by_name);
    }
    list
}

/// Several networks may have the same name, for example those of one bouncer before they announce their own;
/// then the person's nick there is added.
fn tell_apart(list: &mut [NetworkRows], networks: &SortedMap<NetworkId, NetworkView>, words: Words) {
    let names: Vec<Arc<str>> = list.iter().map(|rows| Arc::clone(&rows.name)).collect();
    for rows in list {
        let is_shared = names.iter().filter(|name| **name == rows.name).count() > 1;
        if let Some(network) = networks.get(&rows.id).filter(|_| is_shared) {
            let who = network.login.as_ref().unwrap_or(&network.nick);
            rows.name = words.network_as_whom(&rows.name, who).into();
        }
    }
}

fn empty(network: &NetworkView, words: Words) -> NetworkRows {
    // The banner says what the network needs.
    let link: &LinkState = &network.link;
    NetworkRows {
        id: network.id, // Until the network has announced its name, this is its address.
        name: Arc::clone(&network.name),
        you: words.own_name(&network.nick, network.away.as_deref()),
        link_words: words.link(link),
        is_disconnected: matches!(link, LinkState::Stopped { why: None, .. }),
        rooms: Vec::new(),
        people: Vec::new(),
        server: None,
    }
}

fn by_name(row: &BufferItem) -> (String, BufferKey) {
    (row.name.to_lowercase(), row.key)
}
