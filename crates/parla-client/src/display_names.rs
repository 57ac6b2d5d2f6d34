//! What people want to be called: the key `display-name` of METADATA. It proves nothing and takes no part in commands.
//!
//! <https://ircv3.net/specs/extensions/metadata>

mod later;

use std::{collections::BTreeMap, sync::Arc};

use crate::{limits::DISPLAY_NAMES_MAX, session::Session, text::shown_name};

pub(crate) use self::later::{Later, subscribe};

/// The key under which people say what they want to be called.
pub(crate) const DISPLAY_NAME: &str = "display-name";

/// Display names, by folded nicks. As long as the connection lasts.
#[derive(Debug, Default)]
pub(crate) struct DisplayNames {
    names: BTreeMap<String, Arc<str>>,
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

    /// Nothing is known of anybody.
    pub(crate) fn clear(&mut self) {
        self.names.clear();
    }
}
