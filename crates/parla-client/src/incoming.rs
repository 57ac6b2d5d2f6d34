//! A line from the server, with the parts that every command needs.

use std::{borrow::Cow, sync::Arc};

use parla_proto::{CommandName, Message, Timestamp, line::fitting};

use crate::{limits::NAME_BYTES_MAX, text::shown_reaction};

/// A line from the server.
pub(crate) struct Incoming<'a> {
    pub(crate) message: &'a Message<'a>,
    /// The command; `None` for a numeric or an unknown word.
    pub(crate) command: Option<CommandName>,
    /// The time by the server's clock if the line has one, otherwise now.
    pub(crate) at: Timestamp,
    /// The sender's nick or the server's name; empty if the line has no source.
    pub(crate) from: &'a str,
    /// The label of the request that the line answers.
    pub(crate) label: Option<Cow<'a, str>>,
}

/// A reaction that a line adds or removes.
pub(crate) struct Reacting<'a> {
    /// The msgid of the message.
    pub(crate) to: Arc<str>,
    /// The reaction as it is shown: an emoji or a few letters.
    pub(crate) text: Arc<str>,
    /// The nick of whoever reacts, as the server knows it.
    pub(crate) from: &'a str,
    /// Whether the reaction is added; otherwise it is removed.
    pub(crate) is_given: bool,
}

/// The longest msgid that is kept; real ones are short.
const MSGID_BYTES_MAX: usize = 256;

/// A server clock that is further ahead than this is wrong.
const AHEAD_MAX: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

/// Whether a server's time is so far ahead of ours that its clock must be wrong. A message with it would stay
/// below all others.
pub(crate) fn is_ahead(at: Timestamp, now: Timestamp) -> bool {
    at > now + AHEAD_MAX
}

impl<'a> Incoming<'a> {
    /// A line that arrived at this time.
    pub(crate) fn new(message: &'a Message<'a>, now: Timestamp) -> Self {
        let told = message.tags.get("time").and_then(|time| time.parse::<Timestamp>().ok());
        Self {
            message,
            command: CommandName::of(message),
            at: told.filter(|at| !is_ahead(*at, now)).unwrap_or(now),
            from: message.source.map_or("", |source| source.name),
            label: message.tags.get("label"),
        }
    }

    /// Whether the server gave the time.
    pub(crate) fn has_time(&self) -> bool {
        self.message.tags.get("time").is_some()
    }

    /// Whether a user sent it, and not a server.
    pub(crate) fn is_from_person(&self) -> bool {
        self.message.source.is_some_and(|source| source.user.is_some())
    }

    /// The parameter at `index`; empty if it is missing.
    pub(crate) fn param(&self, index: usize) -> &'a str {
        self.message.param(index).unwrap_or_default()
    }

    /// The last parameter, which in answers and refusals is the server's text for people; empty if it is
    /// missing.
    pub(crate) fn last(&self) -> &'a str {
        self.message.params.last().copied().unwrap_or_default()
    }

    /// The last parameter if there are at least `least` and it is not empty.
    pub(crate) fn reason(&self, least: usize) -> Option<&'a str> {
        Some(self.last()).filter(|last| self.message.params.len() >= least && !last.is_empty())
    }

    /// The parameter at `index` as a time in seconds of Unix time.
    pub(crate) fn seconds(&self, index: usize) -> Option<Timestamp> {
        let seconds = self.param(index).parse::<i64>().ok()?;
        seconds.checked_mul(1000).map(Timestamp::from_millis)
    }

    /// The msgid of the line.
    pub(crate) fn msgid(&self) -> Option<Arc<str>> {
        self.tag(&["msgid"]).map(|msgid| fitting(&msgid, MSGID_BYTES_MAX).into())
    }

    /// The sender's account, as the server knows it.
    pub(crate) fn account(&self) -> Option<Arc<str>> {
        self.tag(&["account"]).map(|account| fitting(&account, NAME_BYTES_MAX).into())
    }

    /// The msgid of the message that this one answers.
    pub(crate) fn replied_to(&self) -> Option<Arc<str>> {
        self.tag(&["+reply", "+draft/reply"]).map(|msgid| fitting(&msgid, MSGID_BYTES_MAX).into())
    }

    /// The reaction that the line adds or removes, if any. <https://ircv3.net/specs/client-tags/react>
    pub(crate) fn reaction(&self) -> Option<Reacting<'a>> {
        let given = self.tag(&["+react", "+draft/react"]);
        let is_given = given.is_some();
        let text = shown_reaction(&given.or_else(|| self.tag(&["+unreact", "+draft/unreact"]))?)?;
        let to = self.replied_to()?;
        (!self.from.is_empty()).then_some(Reacting { to, text, from: self.from, is_given })
    }

    /// The first of these tags that is present, if its value is not empty.
    fn tag(&self, names: &[&str]) -> Option<Cow<'a, str>> {
        let found = names.iter().find_map(|name| self.message.tags.get(name));
        found.filter(|value| !value.is_empty())
    }
}
