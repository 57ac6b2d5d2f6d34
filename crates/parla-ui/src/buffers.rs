//! The conversations of all networks. Each has its own signal, so that a message in one of them redraws only
//! what shows that one; another signal has the list of conversations and their names.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    SortedMap,
    view::{BufferKind, BufferView, NetworkId},
};

use crate::{
    address::{Address, Target},
    platform::ShellKind,
    state::BufferKey,
};

/// All conversations, which components read through signals.
#[derive(Clone, Copy, PartialEq)]
pub struct Buffers(Signal<List>);

/// All conversations, in the order in which they appeared.
pub(crate) type List = SortedMap<BufferKey, Listed>;
/// A conversation that is being read.
pub(crate) type ViewRef = ReadableRef<'static, Signal<BufferView>>;

/// The parts of a conversation that seldom change.
#[derive(Clone, PartialEq)]
pub(crate) struct Listed {
    /// Whether it is a room, a person or the server.
    pub(crate) kind: BufferKind,
    /// The name as it is shown.
    pub(crate) name: Arc<str>,
    /// The name as the server knows it.
    target: Arc<str>,
    /// The whole conversation. Only [`Buffers::read`] and its relatives read it, because the signal is
    /// dropped with the conversation.
    view: Signal<BufferView>,
}

impl Listed {
    /// The conversation as a target on its network.
    pub(crate) fn target(&self) -> Target {
        match self.kind {
            BufferKind::Room => Target::Room(self.target.to_string()),
            BufferKind::Direct => Target::Person(self.target.to_string()),
            BufferKind::Server => Target::Server,
        }
    }

    /// The address of the conversation.
    pub(crate) fn address(&self, key: BufferKey, shell: ShellKind) -> Address {
        // A page talks to only one network.
        let network = (shell == ShellKind::Desktop).then_some(key.network);
        Address { network, target: self.target() }
    }

    fn is_listed_as(&self, view: &BufferView) -> bool {
        (self.kind, &self.name, &self.target) == (view.kind, &view.name, &view.target)
    }
}

impl Buffers {
    /// An empty list, owned by the calling component.
    pub(crate) fn new() -> Self {
        Self(Signal::default())
    }

    /// The list of conversations. The reader is redrawn when one is added, removed or renamed.
    pub(crate) fn list(&self) -> ReadableRef<'static, Signal<List>> {
        self.0.read_unchecked()
    }

    /// The list of conversations, without subscribing to changes.
    pub(crate) fn peek_list(&self) -> ReadableRef<'static, Signal<List>> {
        self.0.peek_unchecked()
    }

    /// A conversation, if it exists. The reader is redrawn when it changes.
    pub(crate) fn read(&self, key: BufferKey) -> Option<ViewRef> {
        let view = self.0.read().get(&key)?.view;
        Some(view.read_unchecked())
    }

    /// A conversation, if it exists, without subscribing to changes.
    pub(crate) fn peek(&self, key: BufferKey) -> Option<ViewRef> {
        let view = self.0.peek().get(&key)?.view;
        Some(view.peek_unchecked())
    }

    /// All conversations with their content. The reader is redrawn whenever anything changes anywhere.
    pub(crate) fn read_all(&self) -> Vec<(BufferKey, ViewRef)> {
        self.0.read().iter().map(|(key, listed)| (*key, listed.view.read_unchecked())).collect()
    }

    /// Whether a conversation exists now.
    pub(crate) fn contains(&self, key: BufferKey) -> bool {
        self.0.peek().contains_key(&key)
    }

    /// Takes in new and changed conversations.
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

    /// Removes a conversation, and returns its entry.
    pub(crate) fn remove(&mut self, key: BufferKey) -> Option<Listed> {
        let known = self.0.peek().get(&key).cloned();
        self.retain(&|other| other != key);
        known
    }

    /// Removes all conversations of a network.
    pub(crate) fn forget(&mut self, network: NetworkId) {
        self.retain(&|key| key.network != network);
    }

    /// Removes all conversations except those that `is_kept` selects.
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
