//! People who were asked about by WHOIS, while the answers come in.

use std::sync::Arc;

use crate::{session::Session, sorted_map::SortedMap, text::shown_name, view::Person};

/// Who may be asked about at once.
const ASKED_MAX: usize = 32;

/// Answers that are coming in, by folded nick.
#[derive(Debug, Default)]
pub(crate) struct People {
    asked: SortedMap<String, Asked>,
}

/// Someone who was asked about.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) person: Person,
    /// Something was told of him.
    pub(crate) is_there: bool,
}

impl People {
    /// The person wants to know about someone.
    pub(crate) fn ask(&mut self, session: &Session, nick: &str) {
        if self.asked.len() >= ASKED_MAX {
            self.asked.pop_first();
        }
        let person = Person { nick: shown_name(nick), name: Arc::from(nick), ..Person::default() };
        self.asked.insert(session.fold(nick), Asked { person, is_there: false });
    }

    /// Whether the person wants to know about him.
    pub(crate) fn is_asked(&self, session: &Session, nick: &str) -> bool {
        self.asked.contains_key(&session.fold(nick))
    }

    pub(crate) fn get_mut(&mut self, session: &Session, nick: &str) -> Option<&mut Asked> {
        self.asked.get_mut(&session.fold(nick))
    }

    /// All is told of him.
    pub(crate) fn take(&mut self, session: &Session, nick: &str) -> Option<Asked> {
        self.asked.remove(&session.fold(nick))
    }
}
