//! Whether the person is away, and whether they want to be.

use std::sync::Arc;

use parla_proto::Line;

use crate::{link::Link, text::Text, turn::Turn, view::Notice};

/// The person's own absence.
#[derive(Debug, Default)]
pub(crate) struct Away {
    /// Why they are away, if the server says that they are.
    now: Option<Arc<str>>,
    /// The reason that was given with the last wish to be away; none if the person wants to be back. It outlasts the connection.
    wanted: Option<Arc<str>>,
    /// The shell keeps the wish as it is now.
    is_stored: bool,
}

impl Away {
    /// With the wish that the shell kept.
    pub(crate) const fn restored(wanted: Option<Arc<str>>) -> Self {
        Self { now: None, wanted, is_stored: true }
    }

    /// Why the person is away, if the server says that they are.
    pub(crate) const fn now(&self) -> Option<&Arc<str>> {
        self.now.as_ref()
    }

    /// Why the person wants to be away, if they do.
    pub(crate) const fn wanted(&self) -> Option<&Arc<str>> {
        self.wanted.as_ref()
    }

    /// Whether the shell has to be told of the wish; it is told now.
    pub(crate) const fn take_unstored(&mut self) -> bool {
        !std::mem::replace(&mut self.is_stored, true)
    }

    /// The person wants to be away, or back.
    pub(crate) fn want(&mut self, reason: Option<&str>, link: &Link, turn: &mut Turn<'_>) {
        let line = Line::bare("AWAY");
        let line = match reason {
            Some(reason) => line.text(if reason.is_empty() { "away" } else { reason }),
            None => line,
        };
        self.wanted = reason.map(|reason| Text::parse(reason).plain);
        self.is_stored = false;
        link.ask(None, line, turn);
    }

    /// A new connection: the server is told what the person wanted on the last one.
    pub(crate) fn want_again(&self, turn: &mut Turn<'_>) {
        if let Some(reason) = &self.wanted {
            turn.send(Line::bare("AWAY").text(reason));
        }
    }

    /// RPL_NOWAWAY: the server has marked the person as away.
    pub(crate) fn is_away(&mut self, turn: &mut Turn<'_>) {
        self.now = Some(self.wanted.clone().unwrap_or_default());
        turn.network_changed();
        turn.say(None, Notice::Away(true));
    }

    /// RPL_UNAWAY: it does so no longer.
    pub(crate) fn is_back(&mut self, turn: &mut Turn<'_>) {
        self.now = None;
        turn.network_changed();
        turn.say(None, Notice::Away(false));
    }

    /// What the server has marked is forgotten there.
    pub(crate) fn connection_lost(&mut self) {
        self.now = None;
    }
}
