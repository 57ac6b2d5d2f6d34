//! AskedPeople for whom WHOIS was sent, while the answers arrive.

use std::sync::Arc;

use parla_proto::Line;

use crate::{session::Session, sorted_map::SortedMap, text::shown_name, turn::Turn, view::Person};

/// The most people who can be asked about at once.
const ASKED_MAX: usize = 32;

/// The answers that are arriving, by folded nick.
#[derive(Debug, Default)]
pub(crate) struct AskedPeople {
    asked: SortedMap<String, Asked>,
}

/// Somebody who was asked about.
#[derive(Debug)]
struct Asked {
    person: Person,
    /// Whether anything has been reported of them.
    is_there: bool,
}

impl AskedPeople {
    /// The person wants to know who somebody is.
    pub(crate) fn ask(&mut self, session: &Session, nick: &str) {
        if self.asked.len() >= ASKED_MAX {
            self.asked.pop_first();
        }
        let person = Person { nick: shown_name(nick), name: Arc::from(nick), ..Person::default() };
        self.asked.insert(session.fold(nick), Asked { person, is_there: false });
    }

    /// The connection was lost before the answers arrived.
    pub(crate) fn connection_lost(&mut self) {
        for Asked { person, is_there } in self.asked.values_mut() {
            *person = Person {
                nick: Arc::clone(&person.nick),
                name: Arc::clone(&person.name),
                ..Person::default()
            };
            *is_there = false;
        }
    }

    /// Asks a new connection about everybody of whom the previous one did not answer.
    pub(crate) fn ask_again(&self, turn: &mut Turn<'_>) {
        for Asked { person, .. } in self.asked.values() {
            turn.send(Line::bare("WHOIS").param(&person.name));
        }
    }

    /// Whether the person wants to know about somebody.
    pub(crate) fn is_asked(&self, session: &Session, nick: &str) -> bool {
        self.asked.contains_key(&session.fold(nick))
    }

    /// The answer for somebody, to be filled in; `None` if nobody asked about them.
    pub(crate) fn told(&mut self, session: &Session, nick: &str) -> Option<&mut Person> {
        let asked = self.asked.get_mut(&session.fold(nick))?;
        asked.is_there = true;
        Some(&mut asked.person)
    }

    /// The answer for somebody is complete. Returns it, unless nobody asked.
    pub(crate) fn take(&mut self, session: &Session, nick: &str) -> Option<Person> {
        let Asked { person, is_there } = self.asked.remove(&session.fold(nick))?;
        Some(Person { complete: true, missing: !is_there, ..person })
    }

    /// Nobody has that nick. Returns false if nobody asked.
    pub(crate) fn missing(&mut self, session: &Session, nick: &str, turn: &mut Turn<'_>) -> bool {
        let Some(person) = self.take(session, nick) else { return false };
        turn.tell_of(Person { missing: true, ..person });
        true
    }
}
