//! The sentences of a conversation: header, messages, composer.
//!
//! In a sentence with several names each one stands between two marks, [`NAME`] and [`NAME_END`], so that a name in another
//! direction of writing does not turn the sentence around; the interface makes elements of them.

use std::sync::Arc;

use parla_client::{
    Parting,
    view::{Audience, BufferKind, Counted, Deleted, Event, Rank, Reaction},
};
use parla_proto::civil::Date;

use super::moderation;

/// Before a name in a sentence: FIRST STRONG ISOLATE.
pub const NAME: char = '\u{2068}';
/// After it: POP DIRECTIONAL ISOLATE.
pub const NAME_END: char = '\u{2069}';

/// Names said one by one; of more only the number is said.
const NAMES_SAID_MAX: usize = 2;

pub(super) fn name(name: &str) -> String {
    format!("{NAME}{name}{NAME_END}")
}

/// A day, as a separator between messages.
pub fn day(day: Date, today: Date) -> String {
    if day == today {
        return "Today".into();
    }
    if day.days() + 1 == today.days() {
        return "Yesterday".into();
    }
    let weekday = WEEKDAYS.get(usize::from(day.weekday())).copied().unwrap_or_default();
    let said = format!("{weekday}, {} {}", day.day, month(day));
    if day.year == today.year { said } else { format!("{said} {}", day.year) }
}

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The name of the month that the day is in.
pub(crate) fn month(day: Date) -> &'static str {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    MONTHS.get(usize::from(day.month).wrapping_sub(1)).copied().unwrap_or_default()
}

/// Above the first message not yet seen.
pub const NEW: &str = "New";

/// The same for those who do not see the line.
pub fn new_since(time: &str) -> String {
    format!("New since {time}")
}

/// Somebody left the network. What servers write about it is for other servers.
fn quit(who: &str, reason: &str) -> String {
    let who = name(who);
    match Parting::of(reason) {
        Parting::Said("") => format!("{who} disconnected"),
        Parting::Said(reason) => format!("{who} disconnected ({})", name(reason)),
        Parting::Lost => format!("{who} lost the connection"),
        Parting::Split => format!("{who} was cut off when two servers lost each other"),
        Parting::Flooded => format!("{who} was disconnected for sending too much at once"),
        Parting::TooSlow => format!("{who} was disconnected because their connection was too slow"),
        Parting::Banned => format!("{who} was banned from the server"),
        Parting::Killed(why) => format!("{who} was removed from the server ({})", name(why)),
    }
}

/// Something that happened.
pub fn event(event: &Event) -> String {
    let because = |reason: &Option<parla_client::text::Text>| match reason {
        Some(reason) if !reason.plain.is_empty() => format!(" ({})", name(&reason.plain)),
        _ => String::new(),
    };
    match event {
        Event::Joined { who } => format!("{} joined", name(who)),
        Event::Left { who, reason } => format!("{} left{}", name(who), because(reason)),
        Event::Quit { who, reason } => quit(who, reason.as_ref().map_or("", |reason| &reason.plain)),
        Event::Kicked { who, by, reason } => {
            format!("{} was sent out by {}{}", name(who), name(by), because(reason))
        }
        Event::Renamed { from, to } => format!("{} is now called {}", name(from), name(to)),
        Event::TopicSet { by, topic } => format!("{} set the topic: {}", name(by), name(&topic.plain)),
        Event::TopicCleared { by } => format!("{} removed the topic", name(by)),
        Event::ModeSet { by, changes } => {
            let changes: Vec<_> = changes.iter().map(moderation::change).collect();
            format!("{} {}", name(by), changes.join(", "))
        }
        Event::Invited { by, who } => format!("{} invited {}", name(by), name(who)),
        Event::RoomRenamed { by: Some(by), from, to, reason } => {
            format!("{} renamed this room from {} to {}{}", name(by), name(from), name(to), because(reason))
        }
        Event::RoomRenamed { by: None, from, to, reason } => {
            format!("This room was renamed from {} to {}{}", name(from), name(to), because(reason))
        }
    }
}

/// Several people came, left or changed their names.
pub fn came_and_went<'a>(events: impl Iterator<Item = &'a Event>) -> String {
    // Who, whether he was there before all this, and whether he is there now.
    let mut moved: Vec<(&Arc<str>, bool, bool)> = Vec::new();
    let mut renamed = Vec::new();
    for event in events {
        let (who, is_there) = match event {
            Event::Joined { who } => (who, true),
            Event::Left { who, .. } | Event::Quit { who, .. } => (who, false),
            Event::Renamed { from, to } => {
                moved.iter_mut().filter(|(who, ..)| *who == from).for_each(|(who, ..)| *who = to);
                renamed.push((from, to));
                continue;
            }
            Event::Kicked { .. }
            | Event::TopicSet { .. }
            | Event::TopicCleared { .. }
            | Event::ModeSet { .. }
            | Event::Invited { .. }
            | Event::RoomRenamed { .. } => continue,
        };
        match moved.iter_mut().find(|(known, ..)| *known == who) {
            Some((.., now)) => *now = is_there,
            None => moved.push((who, !is_there, is_there)),
        }
    }
    let mut parts = Vec::new();
    for (path, verb) in [
        ((false, true), "joined"),
        ((true, false), "left"),
        ((true, true), "left and came back"),
        ((false, false), "came and left"),
    ] {
        let names: Vec<_> =
            moved.iter().filter(|(_, before, now)| (*before, *now) == path).map(|(who, ..)| *who).collect();
        if !names.is_empty() {
            parts.push(format!("{} {verb}", people(names)));
        }
    }
    match renamed.as_slice() {
        [] => {}
        [(from, to)] => parts.push(format!("{} is now called {}", name(from), name(to))),
        many => parts.push(format!("{} changed their names", many.len())),
    }
    parts.join(", ")
}

fn people(mut names: Vec<&Arc<str>>) -> String {
    if names.len() > NAMES_SAID_MAX {
        return names.len().to_string();
    }
    names.sort_unstable();
    names.iter().map(|one| name(one)).collect::<Vec<_>>().join(" and ")
}

/// A hole in what is known; the beginning may be unknown.
pub fn gap(from: Option<&str>, to: &str) -> String {
    match from {
        Some(from) => format!("Messages between {from} and {to} are missing."),
        None => format!("Messages before {to} are missing."),
    }
}

/// The same, if the server's clock was set back in between.
pub const GAP_SOMEWHERE: &str = "Messages are missing here.";
/// What follows if they cannot be had.
pub const GAP_LOST: &str = "This server does not keep them.";
/// The button that fills the hole.
pub const LOAD: &str = "Load";
/// While it is being filled, and while earlier messages come.
pub const LOADING: &str = "Loading…";
/// While earlier messages come.
pub const LOADING_EARLIER: &str = "Loading earlier messages…";
/// The button for them.
pub const LOAD_EARLIER: &str = "Load earlier messages";
/// There are none to be had.
pub const NO_EARLIER: &str = "This server keeps no earlier messages.";

/// Nothing is before the first row.
pub fn beginning(kind: BufferKind, name: &str) -> String {
    match kind {
        BufferKind::Server => "This is the beginning.".into(),
        BufferKind::Room => format!("This is the beginning of {name}."),
        BufferKind::Direct => format!("Your messages with {name} are kept on this device from here on."),
    }
}

/// What an empty conversation is, and what to do.
pub fn empty(kind: BufferKind, name: &str) -> [String; 2] {
    match kind {
        BufferKind::Server => ["What the server tells you appears here.".into(), "Nothing yet.".into()],
        BufferKind::Room => [
            format!("{name} is a room: everyone in it reads what is written here."),
            "No messages yet. Say hello.".into(),
        ],
        BufferKind::Direct => {
            let kept = "There are no messages on this device yet. What you write to each other is kept here.";
            [format!("Only you and {name} can read this conversation."), kept.into()]
        }
    }
}

/// While the server has not answered.
pub fn joining(name: &str) -> String {
    format!("Joining {name}…")
}

/// The label of the list of messages.
pub fn log_label(name: &str) -> String {
    format!("Messages in {name}")
}

/// For those who do not see the mark in the margin.
pub const MENTIONS_YOU: &str = "Mentions you:";

/// Before the text of a message whose name is not repeated, for those who do not see the group.
pub fn says(nick: &str) -> String {
    format!("{nick}:")
}

/// What one's own messages wait for.
pub const FOR_CONNECTION: &str = "the connection";
/// So many are on their way that they would be taken for a flood.
pub const FOR_TURN: &str = "their turn";
/// The room.
pub const FOR_ROOM: &str = "the room";

/// One's own message that waits.
pub fn waits(what: &str) -> String {
    if what == FOR_TURN { "Waits for its turn".to_owned() } else { format!("Waits for {what}") }
}

/// Several of them.
pub fn waiting(count: usize, what: &str) -> String {
    format!("{count} messages wait for {what}.")
}

/// Forgets them.
pub const CANCEL_ALL: &str = "Cancel all";
/// A file was dropped, or a picture pasted.
pub const NO_FILES: &str = "Pictures and other files cannot be sent yet. You can send a link to one.";

/// In the place of a message that was taken back.
pub fn deleted(deleted: &Deleted) -> String {
    let by = if deleted.own { "you".to_owned() } else { name(&deleted.by) };
    match &deleted.reason {
        Some(reason) => format!("Message deleted by {by} ({})", name(&reason.plain)),
        None => format!("Message deleted by {by}"),
    }
}

/// Above an answer, if what it answers is not here.
pub const EARLIER_MESSAGE: &str = "an earlier message";

/// The same for those who do not see the arrow.
pub const IN_REPLY_TO: &str = "In reply to";

/// Who can read a message that is not for all.
pub fn audience(audience: Audience) -> &'static str {
    match audience.rank {
        Rank::Founder => "Only owners see this",
        Rank::Admin => "Only admins and owners see this",
        Rank::Operator => "Only operators see this",
        Rank::HalfOperator => "Only helpers and operators see this",
        Rank::Voiced => "Only speakers, helpers and operators see this",
        Rank::Member => "Only some of the people here see this",
    }
}

/// The button that begins an answer for the same people.
pub const ANSWER_THEM: &str = "Answer only them";

/// One kind of reaction and whose it is, for those who point at it or have it read out.
pub fn reaction(reaction: &Reaction) -> String {
    const SAID_MAX: usize = 20;
    let shown = reaction.by.len().min(SAID_MAX);
    let mut who = reaction.by.iter().take(shown).map(|who| &**who).collect::<Vec<_>>().join(", ");
    if reaction.by.len() > shown {
        who.push_str(&format!(" and {} more", reaction.by.len() - shown));
    }
    format!("{}: {who}", reaction.text)
}

/// The label of the reactions to a message.
pub const REACTIONS: &str = "Reactions";

/// Shows all of a long message.
pub fn show_lines(count: usize) -> String {
    format!("Show all {count} lines")
}

/// Shows only its beginning again.
pub const SHOW_FEWER: &str = "Show fewer lines";
/// One's own message that the server has not confirmed.
pub const SENDING: &str = "Sending…";
/// One's own message that the server has not confirmed for a while.
pub const NOT_CONFIRMED: &str = "Still on its way. The server has not confirmed it yet.";
/// The same behind much that was sent at once.
pub const SLOWED: &str = "The server slows this down, because much was sent at once.";
/// One's own message that did not get through.
pub const NOT_SENT: &str = "Not sent.";
/// Try again.
pub const RETRY: &str = "Retry";
/// Forget it.
pub const DELETE: &str = "Delete";
/// What the server said, word by word.
pub const DETAILS: &str = "Details";

/// The button that goes to the newest message.
pub fn jump(new: u32, counted: Counted) -> String {
    match new {
        0 => "↓ To the newest".into(),
        _ => format!("↓ {}", super::new_messages(new, counted)),
    }
}

/// Puts the address of the conversation on the clipboard.
pub const COPY_LINK: &str = "Copy link";
/// Shows the rooms, where they are not beside the conversation; with what is new in them.
pub fn show_rooms(unread: u32, mentions: u32) -> String {
    match super::unread(unread, mentions, Counted::All) {
        None => "Show rooms".to_owned(),
        Some(new) => format!("Show rooms, {new}"),
    }
}

/// Changes what the room is about.
pub const CHANGE_TOPIC: &str = "Change topic";
/// The same, if nothing is said about it.
pub const ADD_TOPIC: &str = "Add a topic";

/// Shows and hides the members.
pub fn members(count: usize) -> String {
    match count {
        1 => "1 person".into(),
        _ => format!("{count} people"),
    }
}

/// What is written here goes there.
pub fn composer(kind: BufferKind, name: &str) -> String {
    match kind {
        BufferKind::Server => "Type a command that starts with /".into(),
        BufferKind::Room | BufferKind::Direct => format!("Message {name}"),
    }
}

/// Above the composer while not connected.
pub const OFFLINE: &str = "You are offline. What you write is sent when the connection is back.";
/// Sends what is written.
pub const SEND: &str = "Send";

/// Instead of the composer.
pub fn absent(name: &str) -> String {
    format!("You are not in {name}.")
}

/// The field for what opens a locked room.
pub const KEY: &str = "Key";
/// Goes there.
pub const JOIN: &str = "Join";

/// Before many lines are sent as several messages.
pub fn many_lines(lines: usize, messages: usize) -> String {
    if messages < lines {
        format!("You are about to send {lines} lines as {messages} messages:")
    } else {
        format!("You are about to send {messages} messages, one for each line:")
    }
}

/// While many lines are written that will be one message.
pub fn one_message(lines: usize) -> String {
    format!("{lines} lines, sent as one message")
}

/// Does it.
pub fn send_lines(count: usize) -> String {
    format!("Send as {count} messages")
}

/// Does not.
pub const CANCEL: &str = "Cancel";

/// More messages than anyone wants to read.
pub fn too_many_messages(count: usize, max: usize) -> String {
    format!("That would be {count} messages here. At most {max} can be sent at once.")
}

/// More text than anyone wants to read.
pub fn too_much_text(bytes_max: usize) -> String {
    format!("That is too much. At most {} KB of text can be sent at once.", bytes_max / 1024)
}

/// The label of the suggestions.
pub const SUGGESTIONS: &str = "Suggestions";

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
            let quit =
                Event::Quit { who: "bob".into(), reason: Some(parla_client::text::Text::parse(reason)) };
            assert_eq!(event(&quit).replace([NAME, NAME_END], ""), words, "{reason}");
        }
    }

    #[test]
    fn comings_and_goings_are_one_sentence() {
        let joined = |who: &str| Event::Joined { who: who.into() };
        let quit = |who: &str| Event::Quit { who: who.into(), reason: None };
        let renamed = || Event::Renamed { from: "al".into(), to: "bo".into() };
        let said = |events: &[Event]| came_and_went(events.iter()).replace([NAME, NAME_END], "");
        let events = [joined("bob"), joined("alice"), quit("x"), quit("y"), quit("z"), joined("bob")];
        assert_eq!(said(&events), "alice and bob joined, 3 left");
        assert_eq!(said(&[quit("x"), joined("x")]), "x left and came back");
        assert_eq!(said(&[joined("x"), quit("x"), quit("y")]), "y left, x came and left");
        assert_eq!(said(&[joined("al"), renamed(), quit("bo")]), "bo came and left, al is now called bo");
        assert_eq!(said(&[renamed()]), "al is now called bo");
        assert_eq!(said(&[quit("x"), renamed(), renamed()]), "x left, 2 changed their names");
    }

    #[test]
    fn days_have_names() {
        let date =
            |text: &str| format!("{text}T00:00:00Z").parse::<parla_proto::Timestamp>().unwrap().civil(0).date;
        let today = date("2026-11-23");
        assert_eq!(day(today, today), "Today");
        assert_eq!(day(date("2026-11-22"), today), "Yesterday");
        assert_eq!(day(date("2026-11-20"), today), "Friday, 20 November");
        assert_eq!(day(date("2025-01-01"), today), "Wednesday, 1 January 2025");
        assert_eq!(day(date("2026-12-27"), today), "Sunday, 27 December");
    }
}
