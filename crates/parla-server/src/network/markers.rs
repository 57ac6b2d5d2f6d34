//! How far one person has read each conversation. <https://ircv3.net/specs/extensions/read-marker>
//!
//! Markers in what is kept belong to the account, and are kept with it. All others belong to the user, under the
//! name that they were set for, and are gone with them.

use std::collections::BTreeMap;

use parla_proto::{ChannelName, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    ChannelId, Network, UserId,
    account::{AccountChange, AccountId, AccountState},
    conversation::{AccountPair, Conversation, ConversationName},
    effects::Effects,
};
use crate::base::limits::READ_MARKERS_MAX;

/// The markers of one user where nothing is kept. No channel or user of such a name need exist.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReadMarkers {
    read: BTreeMap<ConversationName, Timestamp>,
}

impl ReadMarkers {
    /// The time of the last message that was read.
    fn get(&self, name: &ConversationName) -> Option<Timestamp> {
        self.read.get(name).copied()
    }

    /// Moves a marker forward, never back.
    fn advance(&mut self, name: ConversationName, to: Timestamp) {
        if self.get(&name).is_some_and(|at| at >= to) {
            return;
        }
        if let Some(name) = superfluous(&self.read, &name) {
            self.read.remove(&name);
        }
        self.read.insert(name, to);
    }

    /// Moves a marker along when a channel is renamed. If there are two then, the later one counts.
    fn follow(&mut self, from: &ChannelName, to: &ChannelName) {
        if let Some(at) = self.read.remove(&ConversationName::Channel(from.clone())) {
            self.advance(ConversationName::Channel(to.clone()), at);
        }
    }
}

/// The marker that must go if this one is to be set: if there are too many, the one that is furthest back.
fn superfluous<K: Clone + Ord>(read: &BTreeMap<K, Timestamp>, new: &K) -> Option<K> {
    if read.len() < READ_MARKERS_MAX || read.contains_key(new) {
        return None;
    }
    read.iter().min_by_key(|(_, at)| **at).map(|(furthest, _)| furthest.clone())
}

impl Network {
    /// How far a user has read the conversation with this name.
    pub(crate) fn read_up_to(&self, user: UserId, name: &ConversationName) -> Option<Timestamp> {
        let of_account = self.kept_conversation(user, name);
        let of_account =
            of_account.and_then(|(account, conversation)| account.read.get(&conversation).copied());
        // What somebody read before they signed in counts as read.
        let by_name = self.read_markers.get(&user).and_then(|markers| markers.get(name));
        of_account.max(by_name)
    }

    /// The conversation that a user means, if a marker in it is kept, with their account.
    fn kept_conversation(
        &self,
        user: UserId,
        name: &ConversationName,
    ) -> Option<(&AccountState, Conversation)> {
        let account = self.account_by_id(self.account_id_of(user)?)?;
        let conversation = self.conversation_named(user, name)?;
        // A channel that is not kept would leave its markers behind when the server stops.
        let is_kept = |channel| self.channel(channel).is_some_and(|channel| channel.kept);
        conversation.channel().is_none_or(is_kept).then_some((account, conversation))
    }

    /// Moves a user's marker forward, never back. Returns its position afterwards, and whether it moved.
    pub(crate) fn mark_read(
        &mut self,
        user: UserId,
        name: &ConversationName,
        to: Timestamp,
        effects: &mut Effects,
    ) -> (Timestamp, bool) {
        if let Some(at) = self.read_up_to(user, name).filter(|at| *at >= to) {
            return (at, false);
        }
        let Some((account, conversation)) = self.kept_conversation(user, name) else {
            self.read_markers.entry(user).or_default().advance(name.clone(), to);
            return (to, true);
        };
        let (id, superfluous) = (account.id, superfluous(&account.read, &conversation));
        if let Some(conversation) = superfluous {
            self.change_account(id, AccountChange::Read { conversation, at: None }, effects);
        }
        self.change_account(id, AccountChange::Read { conversation, at: Some(to) }, effects);
        (to, true)
    }

    /// Moves markers along that belong to the name of a channel when it gets another one.
    pub(super) fn markers_follow(&mut self, from: &ChannelName, to: &ChannelName) {
        self.read_markers.values_mut().for_each(|markers| markers.follow(from, to));
    }

    /// Forgets how far people have read a channel that is forgotten.
    pub(super) fn forget_reading_in(&mut self, channel: ChannelId, effects: &mut Effects) {
        let conversation = Conversation::Channel(channel);
        for account in self.readers_of_channel(channel) {
            let change = AccountChange::Read { conversation: conversation.clone(), at: None };
            self.change_account(account, change, effects);
        }
    }

    /// Forgets how far others have read their conversations with an account that is deleted.
    pub(super) fn forget_reading_of(&mut self, id: AccountId, effects: &mut Effects) {
        for other in self.readers_of_account(id) {
            let conversation = Conversation::Accounts(AccountPair::new(other, id));
            self.change_account(other, AccountChange::Read { conversation, at: None }, effects);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::settings::NetworkSettings;

    fn conversation(text: &str) -> ConversationName {
        let rules = NetworkSettings::named("irc.example.org").name_rules();
        ConversationName::parse(text, &rules).unwrap()
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    #[test]
    fn a_marker_only_moves_forward() {
        let mut markers = ReadMarkers::default();
        assert_eq!(markers.get(&conversation("#a")), None);
        for (name, to, expected) in [("#a", 5, 5), ("#A", 5, 5), ("#A", 4, 5), ("#A", 6, 6)] {
            markers.advance(conversation(name), at(to));
            assert_eq!(markers.get(&conversation("#a")), Some(at(expected)));
        }
        assert_eq!(markers.get(&conversation("a")), None);
    }

    #[test]
    fn when_there_are_too_many_the_one_furthest_back_goes() {
        let mut markers = ReadMarkers::default();
        for (number, ms) in (0..READ_MARKERS_MAX).zip(10..) {
            markers.advance(conversation(&format!("#{number}")), at(ms));
        }
        markers.advance(conversation("#0"), at(100_000));
        assert_eq!(markers.read.len(), READ_MARKERS_MAX);
        markers.advance(conversation("#new"), at(1));
        assert_eq!(markers.read.len(), READ_MARKERS_MAX);
        assert_eq!(markers.get(&conversation("#0")), Some(at(100_000)));
        assert_eq!(markers.get(&conversation("#1")), None);
        assert_eq!(markers.get(&conversation("#new")), Some(at(1)));
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
