//! The network's channels, as LIST reports them.

use std::sync::Arc;

use parla_proto::{Message, Timestamp};

use crate::{
    limits::{DIRECTORY_ROOMS_MAX, LIST_WITHIN, NAME_BYTES_MAX},
    text::{Text, shown_name},
    view::{Directory, DirectoryRoom, DirectoryView},
};

/// The list that is arriving, and the one that is shown.
#[derive(Debug, Default)]
pub(crate) struct DirectoryBuilder {
    coming: Vec<DirectoryRoom>,
    is_coming: bool,
    /// Whether the connection was lost before the list was complete.
    is_owed: bool,
    /// When a part of it last arrived.
    heard_at: Timestamp,
    cut: bool,
    shown: Directory,
    complete: bool,
    /// Whether it has changed since the interface last saw it.
    is_changed: bool,
}

impl DirectoryBuilder {
    /// A new list is being requested. Returns false if one is already arriving and has not stalled.
    pub(crate) fn begin(&mut self, now: Timestamp) -> bool {
        if self.is_coming && now.since(self.heard_at) < LIST_WITHIN {
            return false;
        }
        *self = Self {
            is_coming: true,
            heard_at: now,
            shown: std::mem::take(&mut self.shown),
            is_changed: true,
            ..Self::default()
        };
        true
    }

    /// The connection was lost.
    pub(crate) fn connection_lost(&mut self) {
        self.is_owed |= self.is_coming;
        self.interrupted();
    }

    /// Whether the person still waits for a list that a lost connection did not complete. The caller requests
    /// it now, so the next call returns false.
    pub(crate) const fn take_owed(&mut self) -> bool {
        std::mem::replace(&mut self.is_owed, false)
    }

    /// The rest of the list will not arrive.
    pub(crate) fn interrupted(&mut self) {
        self.is_coming = false;
        self.coming = Vec::new();
    }

    /// RPL_LIST. The first channels are shown before the last ones have arrived.
    pub(crate) fn add(&mut self, message: &Message<'_>, now: Timestamp) {
        /// When this many channels have arrived, they are shown without waiting for the rest.
        const FIRST: usize = 200;
        let (Some(name), Some(people)) = (message.param(1), message.param(2)) else { return };
        self.heard_at = now;
        if !self.is_coming || name.len() > NAME_BYTES_MAX {
            return;
        }
        if self.coming.len() >= DIRECTORY_ROOMS_MAX {
            self.cut = true;
            return;
        }
        self.coming.push(DirectoryRoom {
            shown: shown_name(name),
            name: name.into(),
            people: people.parse().unwrap_or_default(),
            topic: Text::parse(message.param(3).unwrap_or_default()).plain,
        });
        if self.coming.len() == FIRST {
            self.publish();
        }
    }

    /// RPL_LISTEND: the list is complete.
    pub(crate) fn end(&mut self) {
        if self.is_coming {
            self.publish();
            self.complete = true;
            self.interrupted();
        }
        self.is_changed = true;
    }

    /// RPL_TRYAGAIN: the server sends no list for now. What was shown stays.
    pub(crate) fn refused(&mut self) {
        self.interrupted();
        self.is_changed = true;
    }

    fn publish(&mut self) {
        let mut rooms = self.coming.clone();
        rooms.sort_by(|one, other| other.people.cmp(&one.people).then_with(|| one.name.cmp(&other.name)));
        self.shown = Directory(Arc::new(rooms));
        self.is_changed = true;
    }

    /// Whether it has changed since the interface last looked. The interface looks now, so the mark is
    /// cleared.
    pub(crate) const fn take_changed(&mut self) -> bool {
        std::mem::replace(&mut self.is_changed, false)
    }

    pub(crate) fn view(&self) -> DirectoryView {
        DirectoryView { rooms: self.shown.clone(), complete: self.complete, cut: self.cut }
    }
}
