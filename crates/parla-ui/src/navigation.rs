//! Decides which conversation is shown: the one that the person chose, or the one that a request of theirs
//! led to.

use dioxus::prelude::*;
use parla_client::{Intent, view::BufferKind};

use crate::state::{BufferKey, Side, State, Wanted};

impl State {
    /// Shows the conversation that the person chose.
    pub fn open(&mut self, key: BufferKey) {
        if !*self.open.has_moved_on.peek() {
            self.open.has_moved_on.set(true);
        }
        self.enter(key);
    }

    /// The person has requested this. What it leads to is shown unless they choose a conversation themselves
    /// first.
    pub(crate) fn may_be_led_by(mut self, intent: &Intent) {
        if matches!(intent, Intent::Submit { .. } | Intent::Join { .. } | Intent::OpenDirect { .. }) {
            self.open.has_moved_on.set(false);
        }
    }

    /// Shows the conversation that the person requested, unless they have moved on since.
    pub(crate) fn take_to(&mut self, key: BufferKey) {
        if self.is_led_to(key) {
            self.go(key);
        } else if !*self.open.has_moved_on.peek() {
            self.enter(key);
        }
    }

    fn enter(&mut self, key: BufferKey) {
        if self.open.deep_link.peek().is_some() {
            self.open.deep_link.set(None);
        }
        self.go(key);
    }

    fn go(&mut self, key: BufferKey) {
        if self.open.wanted.peek().is_some() {
            self.open.wanted.set(None);
        }
        self.show(Some(key));
        if *self.open.side.peek() != Side::None {
            self.open.focus_back.set(Some(self.place_to_write().to_owned()));
            self.open.side.set(Side::None);
        }
    }

    /// Shows a conversation. The text of the composer so far belongs to the previous one.
    fn show(&mut self, key: Option<BufferKey>) {
        if *self.open.current.peek() == key {
            return;
        }
        if self.page.left.peek().is_none() {
            self.page.left.set(Some(self.page.composer.peek().text.clone()));
        }
        self.open.current.set(key);
        if let Some(key) = key {
            self.is_seen(key);
        }
        if self.announced.beside.peek().is_some() {
            self.announced.beside.set(None);
        }
    }

    /// If nothing is shown, or what was shown is gone, shows the first room, otherwise the first person.
    pub(crate) fn choose(&mut self) {
        let wanted = self.open.wanted.peek().clone();
        if let Some(wanted) = wanted {
            let found = match &wanted {
                Wanted::At(address) => self.find_address(address),
                Wanted::Marked(mark) => self
                    .views
                    .buffers
                    .peek_list()
                    .keys()
                    .copied()
                    .find(|key| self.mark(*key).as_ref() == Some(mark)),
            };
            if let Some(key) = found {
                return self.go(key);
            }
        }
        let current = *self.open.current.peek();
        let chosen = {
            let buffers = self.views.buffers.peek_list();
            if current.is_some_and(|key| buffers.contains_key(&key)) {
                return;
            }
            let first = |kind| buffers.iter().find(|(_, listed)| listed.kind == kind).map(|(key, _)| *key);
            first(BufferKind::Room).or_else(|| first(BufferKind::Direct))
        };
        self.show(chosen);
    }
}
