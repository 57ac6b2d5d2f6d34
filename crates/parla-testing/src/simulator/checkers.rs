//! The checkers: what must hold of every line, and of the order in which the members of a room hear things.
//!
//! They know what IRC promises and nothing of how the server keeps it.

use std::collections::BTreeMap;

use parla_proto::{Capabilities, Message, limits, message::ParseError};
use parla_server::Flags;

use super::{
    crowd::{Audience, Crowd, Effect},
    rank::Signs,
};

/// A promise that was not kept.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    /// The checker that found it.
    pub(crate) checker: &'static str,
    /// What it saw.
    pub(crate) what: String,
}

/// What a checker gives.
pub(crate) type Checked<T = ()> = Result<T, Finding>;

impl Finding {
    pub(crate) fn new(checker: &'static str, what: String) -> Self {
        Self { checker, what }
    }
}

/// A finding unless it holds.
pub(crate) fn ensure(holds: bool, checker: &'static str, what: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(Finding::new(checker, what())) }
}

/// A line as people read it in a report.
pub(crate) fn shown(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\r\n").unwrap_or(line);
    let head = line.get(..400).unwrap_or(line);
    let rest = if head.len() < line.len() { format!("… ({} bytes)", line.len()) } else { String::new() };
    format!("{}{rest}", head.escape_ascii())
}

/// A delivered line ends in CR LF, parses, and is not too long.
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

/// A delivered line is not longer than a client must read.
pub(crate) fn size(line: &[u8], message: &Message<'_>) -> Checked {
    let tags = if line.starts_with(b"@") { message.tags.as_str().len() + 2 } else { 0 };
    let rest = line.len() - tags;
    ensure(tags <= limits::SERVER_TAGS_BYTES_MAX, "tags too long", || format!("{tags}: {}", shown(line)))?;
    ensure(rest <= limits::LINE_BYTES_MAX, "line too long", || format!("{rest}: {}", shown(line)))
}

/// A client gets no tag without the capability for it. Of `label` the client itself knows more.
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

/// Something that happened in a room, as its members hear it.
#[derive(Clone, Debug)]
pub(crate) struct RoomEvent {
    /// Command, source and parameters in a form that is the same for every member.
    pub(crate) line: String,
    /// Whom it is about, folded: the one put out of a KICK, the source of all others.
    pub(crate) subject: String,
    /// Who hears of it.
    pub(crate) kind: Kind,
    /// The message's number, if a member that was told its id has heard it.
    pub(crate) seq: Option<u64>,
    /// What it changes.
    pub(crate) effect: Effect,
    /// Whether it came with a text of its source's own, for this room alone.
    pub(crate) has_text: bool,
    /// Whether its source may not speak in the room.
    is_silenced: bool,
    /// Which of the members hear it, as far as ranks decide that.
    audience: Audience,
    /// Whether the one who joined has heard of it.
    claimed: bool,
}

/// Which members hear an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// All; a user enters.
    Join,
    /// All.
    Plain,
    /// All but its sender, unless that one has echo-message.
    Said,
    /// The same, as far as they read tags.
    Tagged,
}

/// The member who hears.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    /// Folded.
    pub(crate) nick: &'a str,
    pub(crate) capabilities: Capabilities,
    /// Cannot tell history from what is said now, because it asked for history without `batch`.
    pub(crate) muddled: bool,
}

/// A list of names, as one member reads it.
#[derive(Debug)]
pub(crate) struct NameList<'a> {
    /// How far the reader has read the room's journal.
    pub(crate) at: usize,
    /// By their folded nicks.
    pub(crate) names: BTreeMap<&'a str, &'a Signs>,
    /// Whether it has every sign of each, and not the highest only.
    pub(crate) has_all_signs: bool,
    /// Whether nobody is hidden from its reader.
    pub(crate) is_whole: bool,
}

/// One order of everything that happened in a room since somebody was there to hear it.
///
/// Every member reads it from its own JOIN to its own end, and must find in it what it is sent, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    pub(crate) crowd: Crowd,
    events: Vec<RoomEvent>,
    last_seq: Option<u64>,
    /// The place in the log whose entry is being heard, if it is an entry's lines that are.
    place: Option<usize>,
    /// The first event of that entry.
    entry_from: usize,
    /// The crowd before that entry, if it did something here.
    before: Option<Crowd>,
    /// Where events were put in before others, for the world to move those along who have read on.
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
    /// The server stopped: the room is empty, and has these flags from now on. Ids still go up.
    pub(crate) fn restart(&mut self, flags: Flags) {
        self.events.clear();
        self.crowd.restart(flags);
    }

    /// Nobody is in the room who would read on. Ids still go up.
    pub(crate) fn abandon(&mut self) {
        self.events.clear();
        self.entry_from = 0;
        self.crowd.abandon();
    }

    /// A member hears the next event.
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

    /// A member hears something before what others have heard. That is so if one entry did both and the others may not hear the
    /// first: of two people who quit at once, in a room that hides its crowd.
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

    /// What is heard from now on is what the entry at this place of the log did, or none.
    pub(crate) fn begin(&mut self, place: Option<usize>) {
        if place.is_none() || self.place != place {
            (self.place, self.before, self.entry_from) = (place, None, self.events.len());
        }
    }

    /// Where events were put in since the last look.
    pub(crate) fn take_inserted(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.inserted)
    }

    /// An event was put in at this place: someone who has read farther has to read one more, which they may not hear.
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

    /// Someone hears that another one goes or has another nick, which may be for another room's sake.
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

    /// Someone hears of its own JOIN. Gives the place from which it reads on.
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

    /// A list of names says who is in the room. What has happened there since it was made its reader has still to hear.
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

    /// The place after everything that was heard.
    pub(crate) const fn end(&self) -> usize {
        self.events.len()
    }

    /// Passes over what the reader is not sent.
    pub(crate) fn pass_over(&self, at: &mut usize, reader: Reader<'_>) {
        while self.events.get(*at).is_some_and(|event| event.is_hidden_from(reader)) {
            *at += 1;
        }
    }

    /// A member has heard everything.
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

    /// A room with these members, all at the same place, in the order in which they came.
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
            // If she was there, the other member must have heard it too.
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

    /// A room that hides its crowd: alice is an operator of it, bob and carol are not. Now an entry begins.
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
        // Who is not hidden was to be heard by those who have read on.
        let visible = found(journal.hear(&mut alice, &sets(&[]), reader("alice")));
        assert_eq!(visible, Some("order"));
        let (mut journal, at) = hiding_room();
        let (mut alice, mut other) = (at, at);
        journal.hear(&mut alice, &quits("carol"), reader("alice")).unwrap();
        journal.hear(&mut alice, &quits("dave"), reader("alice")).unwrap();
        assert_eq!(found(journal.hear(&mut other, &quits("dave"), reader("alice"))), Some("order"));
        // In another entry nothing is put in before what was heard.
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
