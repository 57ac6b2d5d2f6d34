//! The checkers: what must be true of every line, and of the order in which the members of a room are told
//! things.
//!
//! They know what IRC promises, but not how the server keeps the promises.

use std::collections::BTreeMap;

use parla_proto::{Capabilities, Message, limits, message::ParseError};
use parla_server::Flags;

use super::{
    crowd::{Audience, Crowd, Effect},
    rank::Signs,
};

/// A promise that was broken.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    /// The checker that found it.
    pub(crate) checker: &'static str,
    /// What it saw.
    pub(crate) what: String,
}

/// The result of a checker.
pub(crate) type Checked<T = ()> = Result<T, Finding>;

impl Finding {
    pub(crate) fn new(checker: &'static str, what: String) -> Self {
        Self { checker, what }
    }
}

/// A finding, unless the condition holds.
pub(crate) fn ensure(holds: bool, checker: &'static str, what: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(Finding::new(checker, what())) }
}

/// A line in the form for a report.
pub(crate) fn shown(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\r\n").unwrap_or(line);
    let head = line.get(..400).unwrap_or(line);
    let rest = if head.len() < line.len() { format!("… ({} bytes)", line.len()) } else { String::new() };
    format!("{}{rest}", head.escape_ascii())
}

/// Checks that a delivered line ends with CR LF, can be parsed, and is not too long.
pub(crate) fn line(line: &[u8]) -> Checked<Message<'_>> {
    let body = line
        .strip_suffix(b"\r\n")
        .ok_or_else(|| Finding::new("line end", format!("no CR LF after {}", shown(line))))?;
    let message = Message::parse(body).map_err(|error| {
        let checker = match error {
            ParseError::NotUtf8 => "utf-8",
            ParseError::ControlCharacter => "control character",
            ParseError::NoCommand => "no command",
        };
        Finding::new(checker, shown(line))
    })?;
    Ok(message)
}

/// Checks that a delivered line is no longer than clients must accept.
pub(crate) fn size(line: &[u8], message: &Message<'_>) -> Checked {
    let tags = if line.starts_with(b"@") { message.tags.as_str().len() + 2 } else { 0 };
    let rest = line.len() - tags;
    ensure(tags <= limits::SERVER_TAGS_BYTES_MAX, "tags too long", || format!("{tags}: {}", shown(line)))?;
    ensure(rest <= limits::LINE_BYTES_MAX, "line too long", || format!("{rest}: {}", shown(line)))
}

/// Checks that a client gets no tag without the capability for it. The client itself checks `label` further.
pub(crate) fn tags(message: &Message<'_>, capabilities: Capabilities) -> Checked {
    let mut seen: Vec<&str> = Vec::new();
    let written = message.tags.as_str().split(';').filter(|piece| !piece.is_empty()).count();
    ensure(written == message.tags.iter().count(), "tags", || format!("a tag that is none in {message:?}"))?;
    for tag in message.tags.iter() {
        let needed = match tag.key {
            "time" => Capabilities::SERVER_TIME,
            "msgid" | "bot" => Capabilities::MESSAGE_TAGS,
            "account" => Capabilities::ACCOUNT_TAG,
            "batch" => Capabilities::BATCH,
            "label" => Capabilities::LABELED_RESPONSE,
            "draft/multiline-concat" => Capabilities::MULTILINE,
            key if key.starts_with('+') => Capabilities::MESSAGE_TAGS,
            _ => return Err(Finding::new("tags", format!("unknown tag in {message:?}"))),
        };
        ensure(capabilities.contains(needed), "tags", || {
            format!("{} without its capability in {message:?}", tag.key)
        })?;
        ensure(tag.key.starts_with('+') || !seen.contains(&tag.key), "tags", || {
            format!("{} twice in {message:?}", tag.key)
        })?;
        seen.push(tag.key);
    }
    Ok(())
}

/// An event in a room, as its members are told about it.
#[derive(Clone, Debug)]
pub(crate) struct RoomEvent {
    /// Command, source and parameters in a form that is the same for every member.
    pub(crate) line: String,
    /// The user it is about, folded: for KICK the removed member, otherwise the source.
    pub(crate) subject: String,
    /// Which members are told, depending on their own state.
    pub(crate) kind: Kind,
    /// The message's number, if a member that gets ids has received it.
    pub(crate) seq: Option<u64>,
    /// What the event changes.
    pub(crate) effect: Effect,
    /// Whether it came with a text by its source, for this room only.
    pub(crate) has_text: bool,
    /// Whether its source may not speak in the room.
    is_silenced: bool,
    /// Which of the members are told, as far as ranks decide that.
    audience: Audience,
    /// Whether the user who joined has been told of it.
    claimed: bool,
}

/// Which members are told about an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// All members; a user enters.
    Join,
    /// All members.
    Plain,
    /// All but the sender; the sender too, with echo-message.
    Said,
    /// The same, but only members that read tags.
    Tagged,
}

/// A member that receives an event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    /// The member's nick, folded.
    pub(crate) nick: &'a str,
    pub(crate) capabilities: Capabilities,
    /// Whether the member cannot distinguish history from new messages, because it asked for history without
    /// `batch`.
    pub(crate) muddled: bool,
}

/// A list of names, as one member gets it.
#[derive(Debug)]
pub(crate) struct NameList<'a> {
    /// How far the reader has read the room's journal.
    pub(crate) at: usize,
    /// The signs by folded nick.
    pub(crate) names: BTreeMap<&'a str, &'a Signs>,
    /// Whether the list has every sign of each member, rather than only the highest.
    pub(crate) has_all_signs: bool,
    /// Whether nobody is hidden from the reader.
    pub(crate) is_whole: bool,
}

/// Everything that happened in a room, in one order, since somebody was there to see it.
///
/// Every member reads it from their own JOIN to their own departure, and must find the events that they are
/// sent in it, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    pub(crate) crowd: Crowd,
    events: Vec<RoomEvent>,
    last_seq: Option<u64>,
    /// The log position of the entry whose lines are being received, if they come from an entry.
    place: Option<usize>,
    /// The first event of that entry.
    entry_from: usize,
    /// The crowd before that entry, if the entry did something here.
    before: Option<Crowd>,
    /// Where events were inserted before others, so that the world can correct the positions of those who
    /// have read on.
    inserted: Vec<usize>,
}

impl RoomEvent {
    pub(crate) fn new(line: String, subject: String, kind: Kind) -> Self {
        let effect = match kind {
            Kind::Join => Effect::Enters,
            Kind::Said | Kind::Tagged => Effect::Says,
            Kind::Plain => Effect::Nothing,
        };
        Self {
            line,
            subject,
            kind,
            seq: None,
            effect,
            has_text: false,
            is_silenced: false,
            audience: Audience::All,
            claimed: false,
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        let ids_agree = match (self.seq, other.seq) {
            (Some(one), Some(another)) => one == another,
            _ => true,
        };
        self.line == other.line && ids_agree
    }

    fn is_hidden_from(&self, reader: Reader<'_>) -> bool {
        let is_said = matches!(self.kind, Kind::Said | Kind::Tagged);
        let own = self.subject == reader.nick && !reader.capabilities.contains(Capabilities::ECHO_MESSAGE);
        let unread = self.kind == Kind::Tagged && !reader.capabilities.contains(Capabilities::MESSAGE_TAGS);
        !self.audience.includes(reader.nick) || (is_said && (own || unread || reader.muddled))
    }
}

impl Journal {
    /// The server was restarted: the room is empty, and has these flags from now on. Ids still ascend.
    pub(crate) fn restart(&mut self, flags: Flags) {
        self.events.clear();
        self.crowd.restart(flags);
    }

    /// Nobody who would read on is in the room. Ids still ascend.
    pub(crate) fn abandon(&mut self) {
        self.events.clear();
        self.entry_from = 0;
        self.crowd.abandon();
    }

    /// Lets a member receive the next event.
    pub(crate) fn hear(&mut self, at: &mut usize, event: &RoomEvent, reader: Reader<'_>) -> Checked {
        loop {
            match self.events.get_mut(*at) {
                None => {
                    self.append(event.clone())?;
                }
                Some(known) if known.is_same(event) => {
                    ensure(known.audience.may_include(reader.nick), "leak", || {
                        format!("{} hears {:?}, which is for {:?}", reader.nick, event.line, known.audience)
                    })?;
                    let is_said = matches!(event.kind, Kind::Said | Kind::Tagged);
                    ensure(!(known.is_silenced && (event.has_text || is_said)), "silence", || {
                        format!("{} hears {:?}, of someone without voice", reader.nick, event.line)
                    })?;
                    known.seq = known.seq.or(event.seq);
                    *at += 1;
                    return Ok(());
                }
                Some(known) if known.is_hidden_from(reader) => *at += 1,
                Some(_) => return self.insert(at, event, reader),
            }
        }
    }

    /// Lets a member receive an event that comes before some that others have received already. This is
    /// allowed if the same entry caused both and those others do not get the earlier one: for example, if two
    /// people quit at once in a room that hides its crowd.
    fn insert(&mut self, at: &mut usize, event: &RoomEvent, reader: Reader<'_>) -> Checked {
        let rest = self.events.get(*at..).unwrap_or_default();
        let is_of_entry = self.place.is_some() && *at >= self.entry_from;
        let is_known = rest.iter().any(|known| known.is_same(event));
        let audience = self.before.as_ref().map(|before| before.audience(&event.subject, &event.effect));
        let audience = audience.filter(|audience| {
            is_of_entry
                && !is_known
                && !matches!(audience, Audience::All)
                && audience.may_include(reader.nick)
        });
        let Some(audience) = audience else {
            let known = rest.first().map(|known| &known.line);
            let what = format!("{} hears {:?} where others heard {known:?}", reader.nick, event.line);
            return Err(Finding::new("order", what));
        };
        let is_silenced = self.before.as_ref().is_some_and(|before| before.silences(&event.subject));
        self.crowd.take(&event.subject, &event.effect);
        self.events.insert(*at, RoomEvent { audience, is_silenced, ..event.clone() });
        self.inserted.push(*at);
        *at += 1;
        Ok(())
    }

    /// Notes that events from now on are caused by the entry at this log position, or by none.
    pub(crate) fn begin(&mut self, place: Option<usize>) {
        if place.is_none() || self.place != place {
            (self.place, self.before, self.entry_from) = (place, None, self.events.len());
        }
    }

    /// Takes the positions where events have been inserted since the last call.
    pub(crate) fn take_inserted(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.inserted)
    }

    /// Corrects the position of a reader after an event was inserted: if they have read farther, they have
    /// one more event to read, which they may not get.
    pub(crate) fn move_along(&self, at: &mut usize, inserted: usize, reader: Reader<'_>) -> Checked {
        if *at <= inserted {
            return Ok(());
        }
        *at += 1;
        let event = self.events.get(inserted).filter(|event| !event.is_hidden_from(reader));
        ensure(event.is_none(), "order", || {
            format!("{} has read on, and did not hear {:?}", reader.nick, event.map(|event| &event.line))
        })
    }

    /// Lets somebody receive that another user quits or changes their nick, which they may be told because of
    /// another room.
    pub(crate) fn hear_if_shown(&mut self, at: &mut usize, event: &RoomEvent, reader: Reader<'_>) -> Checked {
        let mut ahead = *at;
        while let Some(known) = self.events.get(ahead) {
            if known.is_same(event) {
                return if known.audience.may_include(reader.nick) {
                    self.hear(at, event, reader)
                } else {
                    Ok(())
                };
            }
            if !known.is_hidden_from(reader) {
                break;
            }
            ahead += 1;
        }
        let crowd = match &self.before {
            _ if ahead == self.events.len() => &self.crowd,
            Some(before) if ahead >= self.entry_from => before,
            _ => return Ok(()),
        };
        let is_there = crowd.knows(&event.subject);
        let is_shown = crowd.audience(&event.subject, &event.effect).includes(reader.nick);
        if is_there && is_shown { self.hear(at, event, reader) } else { Ok(()) }
    }

    /// Lets a user receive their own JOIN. Returns the position from which they read on.
    pub(crate) fn enter(&mut self, event: RoomEvent) -> Checked<usize> {
        let last = self.events.iter().rposition(|known| known.subject == event.subject);
        if let Some(index) = last
            && let Some(known) = self.events.get_mut(index)
            && known.kind == Kind::Join
            && known.is_same(&event)
            && !known.claimed
        {
            known.claimed = true;
            return Ok(index + 1);
        }
        self.append(RoomEvent { claimed: true, ..event })?;
        Ok(self.events.len())
    }

    /// Handles a list of names, which says who is in the room. Its reader has still to receive what has
    /// happened since it was made.
    pub(crate) fn listed(&mut self, list: &NameList<'_>) {
        let later = self.events.get(list.at..).unwrap_or_default();
        let came = |member: &str| {
            let came = |event: &RoomEvent| match &event.effect {
                Effect::Enters => event.subject == member,
                Effect::Renames(to) => to == member,
                _ => false,
            };
            later.iter().any(came)
        };
        let has_gone = |member: &str| {
            let goes = |effect: &Effect| matches!(effect, Effect::Leaves | Effect::Renames(_));
            later.iter().any(|event| goes(&event.effect) && event.subject == member)
        };
        if list.is_whole {
            self.crowd.keep_only(|member| list.names.contains_key(member) || came(member));
        }
        for (nick, signs) in list.names.iter().filter(|(nick, _)| !has_gone(nick)) {
            self.crowd.listed(nick, signs, list.has_all_signs);
        }
    }

    /// The position after all events.
    pub(crate) const fn end(&self) -> usize {
        self.events.len()
    }

    /// Skips events that the reader is not sent.
    pub(crate) fn pass_over(&self, at: &mut usize, reader: Reader<'_>) {
        while self.events.get(*at).is_some_and(|event| event.is_hidden_from(reader)) {
            *at += 1;
        }
    }

    /// Checks that a member has received everything.
    pub(crate) fn is_caught_up(&self, at: usize, reader: Reader<'_>) -> Checked {
        let mut rest = self.events.get(at..).unwrap_or_default().iter();
        match rest.find(|event| !event.is_hidden_from(reader)) {
            None => Ok(()),
            Some(event) => {
                Err(Finding::new("missed", format!("{} did not hear {:?}", reader.nick, event.line)))
            }
        }
    }

    fn append(&mut self, event: RoomEvent) -> Checked {
        if let Some(seq) = event.seq {
            ensure(self.last_seq.is_none_or(|last| last < seq), "order of ids", || {
                format!("{:?} with {seq} after {:?}", event.line, self.last_seq)
            })?;
            self.last_seq = Some(seq);
        }
        if self.place.is_some() && self.before.is_none() {
            self.before = Some(self.crowd.clone());
        }
        let is_silenced = self.crowd.silences(&event.subject);
        let audience = self.crowd.take(&event.subject, &event.effect);
        self.events.push(RoomEvent { audience, is_silenced, ..event });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use parla_proto::mode::ChannelMode;

    use super::*;

    fn reader(nick: &str) -> Reader<'_> {
        Reader { nick, capabilities: Capabilities::empty(), muddled: false }
    }

    fn joins(nick: &str) -> RoomEvent {
        RoomEvent::new(format!("JOIN {nick}"), nick.to_owned(), Kind::Join)
    }

    fn quits(nick: &str) -> RoomEvent {
        let event = RoomEvent::new(format!("QUIT {nick}"), nick.to_owned(), Kind::Plain);
        RoomEvent { effect: Effect::Leaves, ..event }
    }

    fn sets(modes: &[(bool, ChannelMode, &str)]) -> RoomEvent {
        let steps = modes.iter().map(|(set, mode, param)| (*set, *mode, (*param).to_owned())).collect();
        let event = RoomEvent::new(format!("MODE {modes:?}"), "server".to_owned(), Kind::Plain);
        RoomEvent { effect: Effect::Modes(steps), ..event }
    }

    fn found(checked: Checked) -> Option<&'static str> {
        checked.err().map(|finding| finding.checker)
    }

    /// A room with these members, all at the same position, in the order in which they joined.
    fn room(nicks: &[&str]) -> (Journal, usize) {
        let mut journal = Journal::default();
        for nick in nicks {
            journal.enter(joins(nick)).unwrap();
        }
        let end = journal.end();
        (journal, end)
    }

    #[test]
    fn who_came_unheard_is_known_from_a_list() {
        let none = Signs::default();
        for is_listed in [false, true] {
            let (mut journal, at) = room(&["alice", "bob"]);
            let (mut alice, bob) = (at, at);
            if is_listed {
                let names = [("alice", &none), ("bob", &none), ("carol", &none)].into();
                journal.listed(&NameList { at, names, has_all_signs: true, is_whole: true });
            }
            journal.hear_if_shown(&mut alice, &quits("carol"), reader("alice")).unwrap();
            // If she was there, the other member must have received it too.
            let missed = found(journal.is_caught_up(bob, reader("bob")));
            assert_eq!(missed, is_listed.then_some("missed"));
        }
    }

    #[test]
    fn a_list_knows_nothing_of_what_came_after_it() {
        let none = Signs::default();
        let (mut journal, at) = room(&["alice", "bob"]);
        let mut bob = at;
        journal.hear(&mut bob, &quits("carol"), reader("bob")).unwrap();
        let names = [("alice", &none), ("bob", &none), ("carol", &none)].into();
        journal.listed(&NameList { at, names, has_all_signs: true, is_whole: true });
        assert!(journal.crowd.knows("bob") && !journal.crowd.knows("carol"));
    }

    /// A room that hides its crowd, where alice is an operator and bob and carol are not. An entry begins
    /// now.
    fn hiding_room() -> (Journal, usize) {
        let (mut journal, mut at) = room(&["alice", "bob", "carol", "dave"]);
        let modes = sets(&[(true, ChannelMode::Operator, "alice"), (true, ChannelMode::Auditorium, "")]);
        journal.hear(&mut at, &modes, reader("alice")).unwrap();
        journal.begin(Some(7));
        (journal, at)
    }

    #[test]
    fn of_two_that_go_at_once_some_hear_the_second_only() {
        let (mut journal, at) = hiding_room();
        let (mut alice, mut bob) = (at, at);
        journal.hear(&mut bob, &quits("alice"), reader("bob")).unwrap();
        journal.hear(&mut alice, &quits("carol"), reader("alice")).unwrap();
        assert_eq!(journal.take_inserted(), [at]);
        journal.move_along(&mut bob, at, reader("bob")).unwrap();
        assert!(journal.is_caught_up(bob, reader("bob")).is_ok());
        journal.hear(&mut alice, &quits("alice"), reader("alice")).unwrap();
    }

    #[test]
    fn the_order_of_two_that_go_at_once_is_the_same_for_all_who_hear_both() {
        let (mut journal, at) = hiding_room();
        let (mut alice, mut bob) = (at, at);
        journal.hear(&mut bob, &quits("alice"), reader("bob")).unwrap();
        // Those who have read on must have been told about a user who is not hidden.
        let visible = found(journal.hear(&mut alice, &sets(&[]), reader("alice")));
        assert_eq!(visible, Some("order"));
        let (mut journal, at) = hiding_room();
        let (mut alice, mut other) = (at, at);
        journal.hear(&mut alice, &quits("carol"), reader("alice")).unwrap();
        journal.hear(&mut alice, &quits("dave"), reader("alice")).unwrap();
        assert_eq!(found(journal.hear(&mut other, &quits("dave"), reader("alice"))), Some("order"));
        // In another entry, nothing can be inserted before what has been received.
        let (mut journal, at) = hiding_room();
        let (mut alice, mut bob) = (at, at);
        journal.hear(&mut bob, &quits("alice"), reader("bob")).unwrap();
        journal.begin(Some(8));
        assert_eq!(found(journal.hear(&mut alice, &quits("carol"), reader("alice"))), Some("order"));
    }

    #[test]
    fn who_has_no_voice_is_not_heard_where_one_needs_it() {
        let (mut journal, mut at) = room(&["alice", "bob"]);
        let said = |nick: &str| RoomEvent::new(format!("PRIVMSG {nick}"), nick.to_owned(), Kind::Said);
        journal.hear(&mut at, &said("bob"), reader("alice")).unwrap();
        let modes = sets(&[(true, ChannelMode::Moderated, ""), (true, ChannelMode::Voice, "alice")]);
        journal.hear(&mut at, &modes, reader("alice")).unwrap();
        assert_eq!(found(journal.hear(&mut at, &said("bob"), reader("alice"))), Some("silence"));
        let mut behind = at + 1;
        assert!(journal.hear(&mut behind, &said("alice"), reader("bob")).is_ok());
    }

    #[test]
    fn a_mode_that_may_have_changed_unheard_proves_nothing_until_it_is_heard_of() {
        let (mut journal, mut at) = room(&["alice", "bob", "carol"]);
        let hides = sets(&[(true, ChannelMode::Auditorium, "")]);
        for is_doubted in [true, false] {
            journal.hear(&mut at, &hides, reader("alice")).unwrap();
            if is_doubted {
                journal.crowd.doubt(ChannelMode::Auditorium);
            }
            let nick = if is_doubted { "carol" } else { "bob" };
            let mut other = at;
            journal.hear(&mut at, &quits(nick), reader(nick)).unwrap();
            let leak = found(journal.hear(&mut other, &quits(nick), reader("alice")));
            assert_eq!(leak, (!is_doubted).then_some("leak"));
        }
    }
}
