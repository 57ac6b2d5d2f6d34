//! What people want to be called: the key `display-name` of METADATA. It proves nothing and takes no part in commands.
//!
//! <https://ircv3.net/specs/extensions/metadata>

mod later;

use std::{collections::BTreeMap, sync::Arc};

use parla_proto::{Line, Timestamp};

use self::later::Later;
use crate::{limits::DISPLAY_NAMES_MAX, session::Session, text::shown_name, turn::Turn};
/// The key under which people say what they want to be called.
pub(crate) const DISPLAY_NAME: &str = "display-name";

/// Display names, by folded nicks. As long as the connection lasts.
#[derive(Debug, Default)]
pub(crate) struct DisplayNames {
    names: BTreeMap<String, Arc<str>>,
    /// Of whom the server is to be asked.
    later: Later,
}

impl DisplayNames {
    /// Somebody is called so, or no longer.
    pub(crate) fn set(&mut self, session: &Session, nick: &str, name: Option<&str>) {
        let folded = session.fold(nick);
        match name.map(str::trim).filter(|name| !name.is_empty()) {
            None => drop(self.names.remove(&folded)),
            Some(_) if self.names.len() >= DISPLAY_NAMES_MAX && !self.names.contains_key(&folded) => {}
            Some(name) => drop(self.names.insert(folded, shown_name(name))),
        }
    }

    /// The name to show beside a nick; none if it says the same.
    pub(crate) fn of(&self, session: &Session, nick: &str) -> Option<Arc<str>> {
        self.names.get(&session.fold(nick)).filter(|name| !session.same(name, nick)).cloned()
    }

    /// Somebody has another nick.
    pub(crate) fn renamed(&mut self, session: &Session, from: &str, to: &str) {
        let name = self.names.remove(&session.fold(from));
        let to = session.fold(to);
        match name {
            Some(name) => drop(self.names.insert(to, name)),
            None => drop(self.names.remove(&to)),
        }
    }

    /// Somebody is not there any more; who comes under that nick is somebody else.
    pub(crate) fn forget(&mut self, session: &Session, nick: &str) {
        self.names.remove(&session.fold(nick));
    }

    /// Tells the server what is of interest.
    pub(crate) fn subscribe(session: &Session, turn: &mut Turn<'_>) {
        if session.knows_display_names() {
            turn.send(Line::bare("METADATA").param("*").param("SUB").param(DISPLAY_NAME));
        }
    }

    /// Somebody has come in of whom nothing was seen before: they may be somebody else under a nick that was known.
    pub(crate) fn met(&mut self, session: &Session, nick: &str, now: Timestamp) {
        self.forget(session, nick);
        self.later.met(session, nick, now);
    }

    /// The server has more to tell of a person or a room than it wants to tell now; it says after how many seconds, or does not.
    pub(crate) fn put_off(&mut self, session: &Session, target: &str, seconds: Option<u64>, now: Timestamp) {
        self.later.put_off(session, target, seconds, now);
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.later.next_deadline()
    }

    /// Asks for what it is time to ask for.
    pub(crate) fn ask_due(&mut self, turn: &mut Turn<'_>) {
        self.later.ask_due(turn);
    }
}
