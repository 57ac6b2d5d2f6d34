//! The sentences of a conversation: header, messages, composer.
//!
//! In a sentence with several names each of them is between two marks, [`NAME`] and [`NAME_END`], so that a
//! name with another writing direction does not reverse the sentence; the interface turns them into elements.

use std::sync::Arc;

use parla_client::{
    Parting,
    text::Text,
    view::{Audience, BufferEvent, BufferKind, Counted, Deleted, Reaction},
};
use parla_proto::civil::DateTime;

use super::{New, Words, moderation::rank_key};

/// Precedes a name in a sentence: FIRST STRONG ISOLATE.
pub const NAME: char = '\u{2068}';
/// Follows a name in a sentence: POP DIRECTIONAL ISOLATE.
pub const NAME_END: char = '\u{2069}';

/// The most names that are listed; of more, only the number is given.
const NAMES_SAID_MAX: usize = 2;
/// The most people who are named for a reaction.
const REACTED_SAID_MAX: usize = 20;

/// Marks a name in a sentence that has several.
pub(crate) fn name(name: &str) -> String {
    format!("{NAME}{name}{NAME_END}")
}

/// A reason, marked like a name; empty if there is none.
fn reason(reason: Option<&Text>) -> String {
    reason.filter(|reason| !reason.plain.is_empty()).map(|reason| name(&reason.plain)).unwrap_or_default()
}

/// A sentence about several people: their number and their names.
type Several = fn(Words, usize, &str) -> String;

/// What the person's own messages wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitsFor {
    /// The connection to the network.
    Connection,
    /// Their turn: so many are on their way that more would look like a flood.
    Turn,
    /// To be in the room.
    Room,
}

impl Words {
    /// Somebody left the network. Servers write about it in terms meant for other servers.
    fn quit(self, who: &str, reason: &str) -> String {
        let who = &name(who);
        match Parting::of(reason) {
            Parting::Said("") => self.quit_said("", who),
            Parting::Said(reason) => self.quit_said(&name(reason), who),
            Parting::Lost => self.quit_lost(who),
            Parting::Split => self.quit_split(who),
            Parting::Flooded => self.quit_flooded(who),
            Parting::TooSlow => self.quit_too_slow(who),
            Parting::Banned => self.quit_banned(who),
            Parting::Killed(why) => self.quit_killed(&name(why), who),
        }
    }

    /// Describes an event.
    pub fn event(self, event: &BufferEvent) -> String {
        match event {
            BufferEvent::Joined { who } => self.event_joined(&name(who)),
            BufferEvent::Left { who, reason: why } => self.event_left(&reason(why.as_ref()), &name(who)),
            BufferEvent::Quit { who, reason } => {
                self.quit(who, reason.as_ref().map_or("", |reason| &reason.plain))
            }
            BufferEvent::Kicked { who, by, reason: why } => {
                self.event_kicked(&name(by), &reason(why.as_ref()), &name(who))
            }
            BufferEvent::Renamed { from, to } => self.event_renamed(&name(from), &name(to)),
            BufferEvent::TopicSet { by, topic } => self.event_topic_set(&name(by), &name(&topic.plain)),
            BufferEvent::TopicCleared { by } => self.event_topic_cleared(&name(by)),
            BufferEvent::ModeSet { by, changes } => {
                let changes: Vec<_> = changes.iter().map(|change| self.change(change)).collect();
                self.moderation_changed(&name(by), &changes.join(", "))
            }
            BufferEvent::Invited { by, who } => self.event_invited(&name(by), &name(who)),
            BufferEvent::RoomRenamed { by: Some(by), from, to, reason: why } => {
                self.event_room_renamed_by(&name(by), &name(from), &reason(why.as_ref()), &name(to))
            }
            BufferEvent::RoomRenamed { by: None, from, to, reason: why } => {
                self.event_room_renamed(&name(from), &reason(why.as_ref()), &name(to))
            }
        }
    }

    /// Describes several people joining, leaving or changing their nicks.
    pub fn came_and_went<'a>(self, events: impl Iterator<Item = &'a BufferEvent>) -> String {
        // For each: the nick, whether they were there before all this, and whether they are there now.
        let mut moved: Vec<(&Arc<str>, bool, bool)> = Vec::new();
        let mut renamed = Vec::new();
        for event in events {
            let (who, is_there) = match event {
                BufferEvent::Joined { who } => (who, true),
                BufferEvent::Left { who, .. } | BufferEvent::Quit { who, .. } => (who, false),
                BufferEvent::Renamed { from, to } => {
                    moved.iter_mut().filter(|(who, ..)| *who == from).for_each(|(who, ..)| *who = to);
                    renamed.push((from, to));
                    continue;
                }
                BufferEvent::Kicked { .. }
                | BufferEvent::TopicSet { .. }
                | BufferEvent::TopicCleared { .. }
                | BufferEvent::ModeSet { .. }
                | BufferEvent::Invited { .. }
                | BufferEvent::RoomRenamed { .. } => continue,
            };
            match moved.iter_mut().find(|(known, ..)| *known == who) {
                Some((.., now)) => *now = is_there,
                None => moved.push((who, !is_there, is_there)),
            }
        }
        let mut parts = Vec::new();
        let sentences: [(_, Several); 4] = [
            ((false, true), |words, count, names| words.several_joined(count, names)),
            ((true, false), |words, count, names| words.several_left(count, names)),
            ((true, true), |words, count, names| words.several_left_and_came_back(count, names)),
            ((false, false), |words, count, names| words.several_came_and_left(count, names)),
        ];
        for (path, say) in sentences {
            let names: Vec<_> = moved
                .iter()
                .filter(|(_, before, now)| (*before, *now) == path)
                .map(|(who, ..)| *who)
                .collect();
            if !names.is_empty() {
                let (count, names) = self.people(names);
                parts.push(say(self, count, &names));
            }
        }
        match renamed.as_slice() {
            [] => {}
            [(from, to)] => parts.push(self.event_renamed(&name(from), &name(to))),
            many => parts.push(self.several_renamed(many.len())),
        }
        parts.join(", ")
    }

    /// The number of people, and the names to list; none if there are too many.
    fn people(self, mut names: Vec<&Arc<str>>) -> (usize, String) {
        let count = names.len();
        if count > NAMES_SAID_MAX {
            return (count, String::new());
        }
        names.sort_unstable();
        let names: Vec<_> = names.iter().map(|one| name(one)).collect();
        (count, self.list(&names.iter().map(String::as_str).collect::<Vec<_>>()))
    }

    /// A gap, in the person's time zone; its beginning may be unknown.
    pub fn gap(self, from: Option<DateTime>, to: DateTime) -> String {
        let time = |at| self.hour_minute(at);
        match from {
            None => self.room_gap_before(&time(to)),
            Some(from) if from.date != to.date => {
                self.room_gap_days(&self.day_and_time(from), &self.day_and_time(to))
            }
            Some(from) if time(from) == time(to) => self.room_gap_around(&time(to)),
            Some(from) => self.room_gap(&time(from), &time(to)),
        }
    }

    /// Says that nothing precedes the first row.
    pub fn beginning(self, kind: BufferKind, name: &str) -> String {
        match kind {
            BufferKind::Server => self.room_beginning_server().into(),
            BufferKind::Room => self.room_beginning_room(name),
            BufferKind::Direct => self.room_beginning_direct(name),
        }
    }

    /// What an empty conversation is, and what the person can do in it.
    pub fn empty(self, kind: BufferKind, name: &str) -> [String; 2] {
        match kind {
            BufferKind::Server => {
                [self.room_empty_server().into(), self.room_empty_server_what_to_do().into()]
            }
            BufferKind::Room => [self.room_empty_room(name), self.room_empty_room_what_to_do().into()],
            BufferKind::Direct => [self.room_empty_direct(name), self.room_empty_direct_what_to_do().into()],
        }
    }

    /// The label of the person's own waiting message.
    pub fn waits(self, what: WaitsFor) -> &'static str {
        match what {
            WaitsFor::Connection => self.room_waits_for_connection(),
            WaitsFor::Turn => self.room_waits_for_turn(),
            WaitsFor::Room => self.room_waits_for_room(),
        }
    }

    /// The label of several waiting messages.
    pub fn waiting(self, count: usize, what: WaitsFor) -> String {
        match what {
            WaitsFor::Connection => self.room_waiting_for_connection(count),
            WaitsFor::Turn => self.room_waiting_for_turn(count),
            WaitsFor::Room => self.room_waiting_for_room(count),
        }
    }

    /// Replaces a message that was deleted.
    pub fn deleted(self, deleted: &Deleted) -> String {
        let reason = reason(deleted.reason.as_ref());
        if deleted.own {
            self.room_deleted_by_you(&reason)
        } else {
            self.room_deleted(&name(&deleted.by), &reason)
        }
    }

    /// Says who can read a message that is not for everybody.
    pub fn audience(self, audience: Audience) -> String {
        self.room_audience(rank_key(audience.rank))
    }

    /// A reaction and who gave it, as a tooltip and for screen readers.
    pub fn reaction(self, reaction: &Reaction) -> String {
        let shown = reaction.by.len().min(REACTED_SAID_MAX);
        let names = reaction.by.iter().take(shown).map(|who| &**who).collect::<Vec<_>>().join(", ");
        let rest = reaction.by.len() - shown;
        let names = if rest > 0 { self.list_rest(rest, &names) } else { names };
        self.room_reaction(&names, &reaction.text)
    }

    /// The button that scrolls to the newest message.
    pub fn jump(self, new: u32, counted: Counted) -> String {
        match new {
            0 => self.room_jump().into(),
            _ => self.room_jump_new(&self.new_count(new, counted)),
        }
    }

    /// The label of the composer, which says where the message goes.
    pub fn composer(self, kind: BufferKind, name: &str) -> String {
        match kind {
            BufferKind::Server => self.room_composer_server().into(),
            BufferKind::Room | BufferKind::Direct => self.room_composer(name),
        }
    }

    /// The button that shows the rooms where they are not beside the conversation, with what is new in them.
    pub fn show_rooms(self, new: New) -> String {
        match self.unread(new, Counted::All) {
            None => self.room_show_rooms().into(),
            Some(new) => self.room_show_rooms_new(&new),
        }
    }

    /// The question before many lines are sent as several messages.
    pub fn many_lines(self, lines: usize, messages: usize) -> String {
        if messages < lines {
            self.room_many_lines(lines, messages)
        } else {
            self.room_line_by_line(messages)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_somebody_left_is_said_in_words() {
        for (reason, words) in [
            ("Ping timeout: 150 seconds", "bob lost the connection"),
            ("Connection reset", "bob lost the connection"),
            ("Quit: see you", "bob disconnected (see you)"),
            ("Quit: Ping timeout: 150 seconds", "bob disconnected (Ping timeout: 150 seconds)"),
            ("", "bob disconnected"),
            ("*.net *.split", "bob was cut off when two servers lost each other"),
            ("Excess Flood", "bob was disconnected for sending too much at once"),
            ("SendQ exceeded", "bob was disconnected because their connection was too slow"),
            ("K-Lined", "bob was banned from the server"),
            ("Killed (oper (spam))", "bob was removed from the server (oper (spam))"),
        ] {
            let quit = BufferEvent::Quit {
                who: "bob".into(),
                reason: Some(parla_client::text::Text::parse(reason)),
            };
            assert_eq!(Words::english().event(&quit).replace([NAME, NAME_END], ""), words, "{reason}");
        }
    }

    #[test]
    fn in_italian_nobody_is_taken_for_a_man_or_a_woman_and_verbs_agree() {
        let joined = |who: &str| BufferEvent::Joined { who: who.into() };
        let quit = |who: &str| BufferEvent::Quit { who: who.into(), reason: None };
        let words = Words::embedded(crate::words::Language::Italian);
        let sentence =
            |events: &[BufferEvent]| words.came_and_went(events.iter()).replace([NAME, NAME_END], "");
        let events = [joined("bob"), joined("alice"), quit("x"), quit("y"), quit("z")];
        assert_eq!(
            sentence(&events),
            "alice e bob hanno raggiunto la stanza, 3 persone hanno lasciato la stanza"
        );
        assert_eq!(sentence(&[quit("x"), joined("x")]), "x ha lasciato la stanza e poi ha fatto ritorno");
        assert_eq!(sentence(&[joined("x"), quit("x")]), "x ha fatto un salto nella stanza");
        assert_eq!(words.waiting(1, WaitsFor::Turn), "1 messaggio aspetta il suo turno.");
        assert_eq!(words.waiting(2, WaitsFor::Turn), "2 messaggi aspettano il loro turno.");
    }

    #[test]
    fn comings_and_goings_are_one_sentence() {
        let joined = |who: &str| BufferEvent::Joined { who: who.into() };
        let quit = |who: &str| BufferEvent::Quit { who: who.into(), reason: None };
        let renamed = || BufferEvent::Renamed { from: "al".into(), to: "bo".into() };
        let sentence = |events: &[BufferEvent]| {
            Words::english().came_and_went(events.iter()).replace([NAME, NAME_END], "")
        };
        let events = [joined("bob"), joined("alice"), quit("x"), quit("y"), quit("z"), joined("bob")];
        assert_eq!(sentence(&events), "alice and bob joined, 3 left");
        assert_eq!(sentence(&[quit("x"), joined("x")]), "x left and came back");
        assert_eq!(sentence(&[joined("x"), quit("x"), quit("y")]), "y left, x came and left");
        assert_eq!(sentence(&[joined("al"), renamed(), quit("bo")]), "bo came and left, al is now called bo");
        assert_eq!(sentence(&[renamed()]), "al is now called bo");
        assert_eq!(sentence(&[quit("x"), renamed(), renamed()]), "x left, 2 changed their names");
    }
}
