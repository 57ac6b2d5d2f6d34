//! Up to where one person has read each conversation. <https://ircv3.net/specs/extensions/read-marker>
//!
//! Knows nothing of who owns it: a user has one set now, and an account can.

use indexmap::IndexMap;
use parla_proto::{
    ChannelName, Nick, Timestamp,
    name::{BadName, NameRules, is_channel},
};
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use crate::base::{limits::READ_MARKERS_MAX, names};

/// A channel, or the other person of a private one, by name: it need not be there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Conversation {
    /// With everyone in it.
    Channel(ChannelName),
    /// With one person.
    User(Nick),
}

impl Conversation {
    /// Reads what a person wrote.
    ///
    /// # Errors
    /// It is the name of neither a channel nor a user.
    pub fn parse(text: &str, rules: &NameRules) -> Result<Self, BadName> {
        if is_channel(text) {
            names::channel(text, rules).map(Self::Channel)
        } else {
            names::nick(text, rules).map(Self::User)
        }
    }

    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Channel(name) => name.as_str(),
            Self::User(nick) => nick.as_str(),
        }
    }
}

/// The markers of one person, from the one that was moved longest ago.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReadMarkers {
    read: IndexMap<Conversation, Timestamp, FxBuildHasher>,
}

impl ReadMarkers {
    /// The time of the last message that was read.
    pub(crate) fn get(&self, conversation: &Conversation) -> Option<Timestamp> {
        self.read.get(conversation).copied()
    }

    /// Moves a marker forward, never back. Gives where it is then, and whether it was moved.
    pub(crate) fn advance(&mut self, conversation: Conversation, to: Timestamp) -> (Timestamp, bool) {
        if let Some(at) = self.get(&conversation).filter(|at| *at >= to) {
            return (at, false);
        }
        self.read.shift_remove(&conversation);
        if self.read.len() >= READ_MARKERS_MAX {
            self.read.shift_remove_index(0);
        }
        self.read.insert(conversation, to);
        (to, true)
    }

    /// A channel has another name: what was read of it is read. Of the two, the later place counts.
    pub(crate) fn follow(&mut self, from: &ChannelName, to: &ChannelName) {
        if let Some(at) = self.read.shift_remove(&Conversation::Channel(from.clone())) {
            self.advance(Conversation::Channel(to.clone()), at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::settings::NetworkSettings;

    fn conversation(text: &str) -> Conversation {
        Conversation::parse(text, &NetworkSettings::named("irc.example.org").name_rules()).unwrap()
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    #[test]
    fn a_marker_only_moves_forward() {
        let mut markers = ReadMarkers::default();
        assert_eq!(markers.get(&conversation("#a")), None);
        assert_eq!(markers.advance(conversation("#a"), at(5)), (at(5), true));
        assert_eq!(markers.advance(conversation("#A"), at(5)), (at(5), false));
        assert_eq!(markers.advance(conversation("#A"), at(4)), (at(5), false));
        assert_eq!(markers.advance(conversation("#A"), at(6)), (at(6), true));
        assert_eq!(markers.get(&conversation("#a")), Some(at(6)));
        assert_eq!(markers.get(&conversation("a")), None);
    }

    #[test]
    fn when_there_are_too_many_the_one_moved_longest_ago_goes() {
        let mut markers = ReadMarkers::default();
        for number in 0..READ_MARKERS_MAX {
            markers.advance(conversation(&format!("#{number}")), at(1));
        }
        markers.advance(conversation("#0"), at(2));
        markers.advance(conversation("#new"), at(1));
        assert_eq!(markers.read.len(), READ_MARKERS_MAX);
        assert_eq!(markers.get(&conversation("#0")), Some(at(2)));
        assert_eq!(markers.get(&conversation("#1")), None);
    }

    #[test]
    fn a_marker_follows_its_channel_to_another_name() {
        let mut markers = ReadMarkers::default();
        let rules = NetworkSettings::named("irc.example.org").name_rules();
        let name = |text| ChannelName::parse(text, &rules).unwrap();
        markers.advance(conversation("#a"), at(5));
        markers.advance(conversation("#b"), at(9));
        markers.follow(&name("#a"), &name("#b"));
        markers.follow(&name("#nowhere"), &name("#c"));
        assert_eq!(markers.get(&conversation("#a")), None);
        assert_eq!(markers.get(&conversation("#b")), Some(at(9)));
        assert_eq!(markers.get(&conversation("#c")), None);
        markers.follow(&name("#b"), &name("#B"));
        assert_eq!(markers.get(&conversation("#b")), Some(at(9)));
    }
}
