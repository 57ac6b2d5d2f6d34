//! The checkers: what must hold of every line, and of the order in which the members of a room hear things.
//!
//! They know what IRC promises and nothing of how the server keeps it.

use parla_proto::{Capabilities, Message, limits, message::ParseError};

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

/// One order of everything that happened in a room since the server started.
///
/// Every member reads it from its own JOIN to its own end, and must find in it what it is sent, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    pub(crate) crowd: Crowd,
    events: Vec<RoomEvent>,
    last_seq: Option<u64>,
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
    /// The server stopped: the room is empty. Ids still go up.
    pub(crate) fn restart(&mut self) {
        self.events.clear();
        self.crowd.forget();
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
                    ensure(!(known.is_silenced && event.has_text), "silence", || {
                        format!(
                            "{} hears a text with {:?}, of someone without voice",
                            reader.nick, event.line
                        )
                    })?;
                    known.seq = known.seq.or(event.seq);
                    *at += 1;
                    return Ok(());
                }
                Some(known) if known.is_hidden_from(reader) => *at += 1,
                Some(known) => {
                    let what =
                        format!("{} hears {:?} where others heard {:?}", reader.nick, event.line, known.line);
                    return Err(Finding::new("order", what));
                }
            }
        }
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
                return Ok(());
            }
            ahead += 1;
        }
        let is_there = self.crowd.knows(&event.subject);
        let is_shown = self.crowd.audience(&event.subject, &event.effect).includes(reader.nick);
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

    /// A list of names says what rank someone has who has just come; and, if they are alone there, from which place on
    /// others have come.
    pub(crate) fn found(&mut self, nick: &str, signs: &Signs, alone_at: Option<usize>) {
        if let Some(at) = alone_at {
            let later = self.events.get(at..).unwrap_or_default();
            self.crowd.keep_only(|member| {
                let came = |event: &RoomEvent| match &event.effect {
                    Effect::Enters => event.subject == member,
                    Effect::Renames(to) => to == member,
                    _ => false,
                };
                member == nick || later.iter().any(came)
            });
        }
        self.crowd.found(nick, signs);
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
        let is_silenced = self.crowd.silences(&event.subject);
        let audience = self.crowd.take(&event.subject, &event.effect);
        self.events.push(RoomEvent { audience, is_silenced, ..event });
        Ok(())
    }
}
