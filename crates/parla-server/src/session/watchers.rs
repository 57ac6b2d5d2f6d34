//! Which connections of this machine watch which nicks, indexed in both directions, for MONITOR.
//!
//! Thanks to the index, a user who comes, goes or changes their nick is looked up once, and costs nothing if
//! nobody watches them. <https://ircv3.net/specs/extensions/monitor>

use std::collections::{BTreeMap, BTreeSet};

use parla_proto::Nick;
use slotmap::{DefaultKey, SecondaryMap};

use crate::base::connection::ConnectionId;

/// Watched nicks by connection, and connections by nick. It does not know who is online; a watched nick may
/// be in use or not.
#[derive(Debug, Default)]
pub(crate) struct Watchers {
    lists: SecondaryMap<DefaultKey, Vec<Nick>>,
    watching: BTreeMap<Nick, BTreeSet<ConnectionId>>,
}

/// The list already has the maximum number of nicks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ListFull;

impl Watchers {
    /// Adds a nick to a connection's list; a nick that is already on it stays where it is.
    ///
    /// # Errors
    /// The list already has `most` nicks.
    pub(crate) fn add(&mut self, connection: ConnectionId, nick: Nick, most: usize) -> Result<(), ListFull> {
        let list = self.list(connection);
        if list.contains(&nick) {
            return Ok(());
        }
        if list.len() >= most {
            return Err(ListFull);
        }
        self.watching.entry(nick.clone()).or_default().insert(connection);
        match self.lists.get_mut(connection.0) {
            Some(list) => list.push(nick),
            None => drop(self.lists.insert(connection.0, vec![nick])),
        }
        Ok(())
    }

    /// Removes a nick from a connection's list.
    pub(crate) fn remove(&mut self, connection: ConnectionId, nick: &Nick) {
        self.forget(connection, nick);
        let Some(list) = self.lists.get_mut(connection.0) else { return };
        list.retain(|watched| watched != nick);
        if list.is_empty() {
            self.lists.remove(connection.0);
        }
    }

    /// Removes a connection's whole list.
    pub(crate) fn clear(&mut self, connection: ConnectionId) {
        for nick in self.lists.remove(connection.0).unwrap_or_default() {
            self.forget(connection, &nick);
        }
    }

    /// The nicks that a connection watches, in the order in which they were added.
    pub(crate) fn list(&self, connection: ConnectionId) -> &[Nick] {
        self.lists.get(connection.0).map(Vec::as_slice).unwrap_or_default()
    }

    /// The connections that watch a nick.
    pub(crate) fn of(&self, nick: &Nick) -> impl Iterator<Item = ConnectionId> {
        self.watching.get(nick).into_iter().flatten().copied()
    }

    fn forget(&mut self, connection: ConnectionId, nick: &Nick) {
        if let Some(watching) = self.watching.get_mut(nick) {
            watching.remove(&connection);
            if watching.is_empty() {
                self.watching.remove(nick);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use parla_proto::name::{Casemapping, NameRules};

    use super::*;

    fn nick(text: &str) -> Nick {
        let rules = NameRules { casemapping: Casemapping::Ascii, nick_bytes_max: 32, channel_bytes_max: 64 };
        Nick::parse(text, &rules).unwrap()
    }

    fn of(watchers: &Watchers, text: &str) -> Vec<ConnectionId> {
        watchers.of(&nick(text)).collect()
    }

    #[test]
    fn both_directions_say_the_same() {
        let [a, b] = [1, 2].map(ConnectionId::from_number);
        let mut watchers = Watchers::default();
        watchers.add(a, nick("Bob"), 2).unwrap();
        watchers.add(a, nick("carol"), 2).unwrap();
        watchers.add(b, nick("BOB"), 2).unwrap();
        assert_eq!(of(&watchers, "bob"), [a, b]);
        assert_eq!(watchers.list(a), [nick("bob"), nick("carol")]);
        watchers.remove(a, &nick("bob"));
        assert_eq!((of(&watchers, "bob"), watchers.list(a).len()), (vec![b], 1));
        watchers.clear(a);
        watchers.remove(b, &nick("bob"));
        assert!(watchers.watching.is_empty() && watchers.lists.is_empty(), "nothing is left behind");
    }

    #[test]
    fn a_full_list_takes_only_what_is_on_it() {
        let a = ConnectionId::from_number(1);
        let mut watchers = Watchers::default();
        watchers.add(a, nick("bob"), 1).unwrap();
        assert_eq!(watchers.add(a, nick("BOB"), 1), Ok(()));
        assert_eq!(watchers.add(a, nick("carol"), 1), Err(ListFull));
        assert!(of(&watchers, "carol").is_empty());
    }
}
