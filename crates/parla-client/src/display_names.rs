//! What people want to be called: the METADATA key `display-name`. It proves nothing and is not used in
//! commands.
//!
//! <https://ircv3.net/specs/extensions/metadata>

mod later;

use std::{collections::BTreeMap, sync::Arc};

use parla_proto::{Line, Timestamp};

use self::later::Later;
use crate::{limits::DISPLAY_NAMES_MAX, session::Session, text::shown_name, turn::Turn};
/// The key under which people publish their display name.
pub(crate) const DISPLAY_NAME: &str = "display-name";

/// Display names by folded nick. They are kept for as long as the connection lasts.
#[derive(Debug, Default)]
pub(crate) struct DisplayNames {
    names: BTreeMap<String, Arc<str>>,
    /// The people whom the server must be asked about.
    later: Later,
}

impl DisplayNames {
    /// Sets somebody's display name, or removes it.
    pub(crate) fn set(&mut self, session: &Session, nick: &str, name: Option<&str>) {
        let folded = session.fold(nick);
        match name.map(str::trim).filter(|name| !name.is_empty()) {
            None => drop(self.names.remove(&folded)),
            Some(_) if self.names.len() >= DISPLAY_NAMES_MAX && !self.names.contains_key(&folded) => {}
            Some(name) => drop(self.names.insert(folded, shown_name(name))),
        }
    }

    /// The name to show beside a nick; `None` if it is the same.
    pub(crate) fn of(&self, session: &Session, nick: &str) -> Option<Arc<str>> {
        self.names.get(&session.fold(nick)).filter(|name| !session.same(name, nick)).cloned()
    }

    /// Somebody has changed their nick.
    pub(crate) fn renamed(&mut self, session: &Session, from: &str, to: &str) {
        let name = self.names.remove(&session.fold(from));
        let to = session.fold(to);
        match name {
            Some(name) => drop(self.names.insert(to, name)),
            None => drop(self.names.remove(&to)),
        }
    }

    /// Somebody has left; the next user of that nick may be another person.
    pub(crate) fn forget(&mut self, session: &Session, nick: &str) {
        self.names.remove(&session.fold(nick));
    }

    /// Subscribes to the values that we use.
    pub(crate) fn subscribe(session: &Session, turn: &mut Turn<'_>) {
        if session.knows_display_names() {
            turn.send(Line::bare("METADATA").param("*").param("SUB").param(DISPLAY_NAME));
        }
    }

    /// Somebody has joined whom we have not seen before: they may be another person under a nick that was
    /// known.
    pub(crate) fn met(&mut self, session: &Session, nick: &str, now: Timestamp) {
        self.forget(session, nick);
        self.later.met(session, nick, now);
    }

    /// The server will send the values of a person or a channel later, and may say after how many seconds to
    /// ask.
    pub(crate) fn put_off(&mut self, session: &Session, target: &str, seconds: Option<u64>, now: Timestamp) {
        self.later.put_off(session, target, seconds, now);
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.later.next_deadline()
    }

    /// Sends the questions that are due.
    pub(crate) fn ask_due(&mut self, turn: &mut Turn<'_>) {
        self.later.ask_due(turn);
    }
}
