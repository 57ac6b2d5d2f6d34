//! The conversations of all networks. Each has a signal of its own, so that a line in one of them wakes only what shows that one;
//! which there are, and what they are called, is one signal more.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    SortedMap,
    view::{BufferKind, BufferView, NetworkId},
};

use crate::{
    address::{Address, Target},
    platform::Place,
    state::BufferKey,
};

/// The conversations.
#[derive(Clone, Copy, PartialEq)]
pub struct Buffers(Signal<List>);

/// All conversations, in the order in which they came.
pub(crate) type List = SortedMap<BufferKey, Listed>;
/// One conversation while somebody reads it.
pub(crate) type ViewRef = ReadableRef<'static, Signal<BufferView>>;

/// What seldom changes about a conversation.
#[derive(Clone, PartialEq)]
pub(crate) struct Listed {
    /// What it is.
    pub(crate) kind: BufferKind,
    /// Its name as it is shown.
    pub(crate) name: Arc<str>,
    /// Its name as the server knows it.
    target: Arc<str>,
    /// All of it. Read by [`Buffers::read`] alone, as it goes with the conversation.
    view: Signal<BufferView>,
}

impl Listed {
    /// Where the conversation is among those of its network.
    pub(crate) fn target(&self) -> Target {
        match self.kind {
            BufferKind::Room => Target::Room(self.target.to_string()),
            BufferKind::Direct => Target::Person(self.target.to_string()),
            BufferKind::Server => Target::Server,
        }
    }

    /// Where it is.
    pub(crate) fn address(&self, key: BufferKey, place: Place) -> Address {
        // A page talks to one network.
        let network = (place == Place::Desktop).then_some(key.network);
        Address { network, target: self.target() }
    }

    fn is_listed_as(&self, view: &BufferView) -> bool {
        (self.kind, &self.name, &self.target) == (view.kind, &view.name, &view.target)
    }
}

impl Buffers {
    /// None yet, owned by the component that calls this.
    pub(crate) fn new() -> Self {
        Self(Signal::default())
    }

    /// Which there are. Whoever reads it is woken when one comes or goes or has another name.
    pub(crate) fn list(&self) -> ReadableRef<'static, Signal<List>> {
        self.0.read_unchecked()
    }

    /// Which there are, once.
    pub(crate) fn peek_list(&self) -> ReadableRef<'static, Signal<List>> {
        self.0.peek_unchecked()
    }

    /// One conversation, if it is there. Whoever reads it is woken when it changes.
    pub(crate) fn read(&self, key: BufferKey) -> Option<ViewRef> {
        let view = self.0.read().get(&key)?.view;
        Some(view.read_unchecked())
    }

    /// The same, once.
    pub(crate) fn peek(&self, key: BufferKey) -> Option<ViewRef> {
        let view = self.0.peek().get(&key)?.view;
        Some(view.peek_unchecked())
    }

    /// All of them, with what is in them. Whoever reads it is woken whenever anything is said anywhere.
    pub(crate) fn read_all(&self) -> Vec<(BufferKey, ViewRef)> {
        self.0.read().iter().map(|(key, listed)| (*key, listed.view.read_unchecked())).collect()
    }

    /// Whether a conversation is there now.
    pub(crate) fn contains(&self, key: BufferKey) -> bool {
        self.0.peek().contains_key(&key)
    }

    /// Takes in what is new of conversations, or new ones.
    pub(crate) fn extend(&mut self, views: SortedMap<BufferKey, BufferView>) {
        let mut listed = Vec::new();
        for (key, view) in views {
            let known = self.0.peek().get(&key).cloned();
            let is_listed = known.as_ref().is_some_and(|known| known.is_listed_as(&view));
            let (kind, name, target) = (view.kind, Arc::clone(&view.name), Arc::clone(&view.target));
            let view = match known {
                Some(Listed { view: mut signal, .. }) => {
                    signal.set(view);
                    signal
                }
                None => Signal::new_in_scope(view, self.0.origin_scope()),
            };
            if !is_listed {
                listed.push((key, Listed { kind, name, target, view }));
            }
        }
        if !listed.is_empty() {
            self.0.write().extend(listed);
        }
    }

    /// A conversation is over.
    pub(crate) fn remove(&mut self, key: BufferKey) -> Option<Listed> {
        let known = self.0.peek().get(&key).cloned();
        self.retain(&|other| other != key);
        known
    }

    /// All conversations of a network are over.
    pub(crate) fn forget(&mut self, network: NetworkId) {
        self.retain(&|key| key.network != network);
    }

    /// The others are over.
    pub(crate) fn retain(&mut self, is_kept: &dyn Fn(BufferKey) -> bool) {
        let is_gone = |(key, _): &(&BufferKey, &Listed)| !is_kept(**key);
        let gone: Vec<Signal<BufferView>> =
            self.0.peek().iter().filter(is_gone).map(|(_, listed)| listed.view).collect();
        if gone.is_empty() {
            return;
        }
        self.0.write().retain(|key, _| is_kept(*key));
        for view in gone {
            view.manually_drop();
        }
    }
}
