//! How far one person has read each conversation. <https://ircv3.net/specs/extensions/read-marker>
//!
//! The markers do not know their owner: at present each user has one set, and later an account can.

use indexmap::IndexMap;
use parla_proto::{ChannelName, Timestamp};
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use super::{
    Network, UserId,
    conversation::{Conversation, ConversationName},
};
use crate::base::limits::READ_MARKERS_MAX;

/// What a marker belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Marked {
    /// A conversation of somebody with an account, whatever its name is later.
    Conversation(Conversation),
    /// A name, for guests and where nothing is stored. No such channel or user need exist.
    Name(ConversationName),
}

/// One person's markers, starting with the one that was moved longest ago.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReadMarkers {
    read: IndexMap<Marked, Timestamp, FxBuildHasher>,
}

impl ReadMarkers {
    /// The time of the last message that was read.
    fn get(&self, marked: &Marked) -> Option<Timestamp> {
        self.read.get(marked).copied()
    }

    /// Moves a marker forward, never back. Returns its position afterwards, and whether it moved.
    fn advance(&mut self, marked: Marked, to: Timestamp) -> (Timestamp, bool) {
        if let Some(at) = self.get(&marked).filter(|at| *at >= to) {
            return (at, false);
        }
        self.read.shift_remove(&marked);
        if self.read.len() >= READ_MARKERS_MAX {
            self.read.shift_remove_index(0);
        }
        self.read.insert(marked, to);
        (to, true)
    }

    /// Moves a marker along when a channel is renamed. If there are two then, the later one counts.
    pub(crate) fn follow(&mut self, from: &ChannelName, to: &ChannelName) {
        let named = |name: &ChannelName| Marked::Name(ConversationName::Channel(name.clone()));
        if let Some(at) = self.read.shift_remove(&named(from)) {
            self.advance(named(to), at);
        }
    }
}

impl Network {
    /// How far a user has read the conversation with this name. Markers belong to the user and are lost with
    /// them; those of an account will stay.
    pub(crate) fn read_up_to(&self, user: UserId, name: &ConversationName) -> Option<Timestamp> {
        let markers = self.read_markers.get(&user)?;
        let conversation = self.conversation_named(user, name).map(Marked::Conversation);
        // What somebody read before they logged in counts as read.
        let by_name = markers.get(&Marked::Name(name.clone()));
        conversation.and_then(|conversation| markers.get(&conversation)).max(by_name)
    }

    /// Moves a user's marker forward, never back. Returns its position afterwards, and whether it moved.
    pub(crate) fn mark_read(
        &mut self,
        user: UserId,
        name: &ConversationName,
        to: Timestamp,
    ) -> (Timestamp, bool) {
        if let Some(at) = self.read_up_to(user, name).filter(|at| *at >= to) {
            return (at, false);
        }
        let conversation = self.conversation_named(user, name).map(Marked::Conversation);
        let marked = conversation.unwrap_or_else(|| Marked::Name(name.clone()));
        self.read_markers.entry(user).or_default().advance(marked, to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::settings::NetworkSettings;

    fn conversation(text: &str) -> Marked {
        let rules = NetworkSettings::named("irc.example.org").name_rules();
        Marked::Name(ConversationName::parse(text, &rules).unwrap())
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
