//! Whether the person is away, and whether they want to be.

use std::sync::Arc;

use parla_proto::Line;

use crate::{link::Link, text::Text, turn::Turn, view::Announcement};

/// The person's own absence.
#[derive(Debug, Default)]
pub(crate) struct Away {
    /// The reason why they are away, if the server has marked them as away.
    now: Option<Arc<str>>,
    /// The reason from the person's last wish to be away; `None` if they want to be back. It outlasts the
    /// connection.
    wanted: Option<Arc<str>>,
    /// Whether the server has not confirmed the person's last wish.
    is_unheard: bool,
    /// Whether the shell has stored the current wish.
    is_stored: bool,
}

impl Away {
    /// Starts with the wish that the shell had stored.
    pub(crate) const fn restored(wanted: Option<Arc<str>>) -> Self {
        Self { now: None, wanted, is_unheard: false, is_stored: true }
    }

    /// The reason why the person is away, if the server has marked them as away.
    pub(crate) const fn now(&self) -> Option<&Arc<str>> {
        self.now.as_ref()
    }

    /// The reason why the person wants to be away, if they do.
    pub(crate) const fn wanted(&self) -> Option<&Arc<str>> {
        self.wanted.as_ref()
    }

    /// Whether the shell must be told of the wish. The caller tells it now, so the next call returns false.
    pub(crate) const fn take_unstored(&mut self) -> bool {
        !std::mem::replace(&mut self.is_stored, true)
    }

    /// Takes the person's wish to be away (with a reason) or back (`None`).
    pub(crate) fn want(&mut self, reason: Option<&str>, link: &Link, turn: &mut Turn<'_>) {
        let line = Line::bare("AWAY");
        let line = match reason {
            Some(reason) => line.text(if reason.is_empty() { "away" } else { reason }),
            None => line,
        };
        self.wanted = reason.map(|reason| Text::parse(reason).plain);
        self.is_stored = false;
        self.is_unheard = true;
        link.ask(None, line, turn);
    }

    /// Tells a new connection what the person wanted on the previous one.
    pub(crate) fn want_again(&self, turn: &mut Turn<'_>) {
        match &self.wanted {
            Some(reason) => turn.send(Line::bare("AWAY").text(reason)),
            // Other sessions of the person may have kept them away.
            None if self.is_unheard => turn.send(Line::bare("AWAY")),
            None => {}
        }
    }

    /// RPL_NOWAWAY: the server has marked the person as away.
    pub(crate) fn is_away(&mut self, turn: &mut Turn<'_>) {
        self.is_unheard = false;
        self.now = Some(self.wanted.clone().unwrap_or_default());
        turn.network_changed();
        turn.announce(None, Announcement::Away(true));
    }

    /// RPL_UNAWAY: the server no longer marks the person as away.
    pub(crate) fn is_back(&mut self, turn: &mut Turn<'_>) {
        self.is_unheard = false;
        self.now = None;
        turn.network_changed();
        turn.announce(None, Announcement::Away(false));
    }

    /// Forgets what the server had marked; a new connection starts as present.
    pub(crate) fn connection_lost(&mut self) {
        self.now = None;
    }
}
