//! The network's channels, as LIST reports them.

use std::sync::Arc;

use parla_proto::{Message, Timestamp};

use crate::{
    limits::{DIRECTORY_ROOMS_MAX, LIST_ANSWER_WITHIN, LIST_WITHIN, NAME_BYTES_MAX},
    problem::{Problem, ProblemKind},
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
    /// When it was requested, or a part of it last arrived.
    heard_at: Timestamp,
    /// Whether the server has begun to answer.
    has_begun: bool,
    cut: bool,
    shown: Directory,
    complete: bool,
    /// Why the list that was requested last does not arrive.
    trouble: Option<Arc<Problem>>,
    /// Whether it has changed since the interface last saw it.
    is_changed: bool,
}

impl DirectoryBuilder {
    /// A new list is being requested. Returns false if one is already arriving.
    pub(crate) fn begin(&mut self, now: Timestamp) -> bool {
        if self.is_coming {
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

    /// Whether a list was requested and the server has not begun to answer.
    pub(crate) const fn is_awaited(&self) -> bool {
        self.is_coming && !self.has_begun
    }

    /// When the list is given up, if nothing more of it arrives.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        let within = if self.has_begun { LIST_WITHIN } else { LIST_ANSWER_WITHIN };
        self.is_coming.then(|| self.heard_at + within)
    }

    /// Gives up a list that does not arrive, or takes it for complete if the server has forgotten to say so.
    pub(crate) fn give_up_late(&mut self, now: Timestamp) {
        if self.next_deadline().is_some_and(|at| at <= now) {
            if self.has_begun {
                self.end();
            } else {
                self.refused(Problem::of(ProblemKind::TimedOut));
            }
        }
    }

    /// RPL_LISTSTART: the server begins to answer.
    pub(crate) const fn started(&mut self, now: Timestamp) {
        self.heard_at = now;
        self.has_begun = true;
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
        self.started(now);
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

    /// The server sends no list, for this reason. What was shown stays.
    pub(crate) fn refused(&mut self, why: Problem) {
        self.interrupted();
        self.trouble = Some(Arc::new(why));
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
        DirectoryView {
            rooms: self.shown.clone(),
            complete: self.complete,
            cut: self.cut,
            trouble: self.trouble.clone(),
        }
    }
}
