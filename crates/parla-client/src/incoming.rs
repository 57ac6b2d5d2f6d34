//! A line from the server, with what every command asks of it.

use std::{borrow::Cow, sync::Arc};

use parla_proto::{CommandName, Message, Timestamp, line::fitting};

use crate::{limits::NAME_BYTES_MAX, text::shown_reaction};

/// A line from the server.
pub(crate) struct Incoming<'a> {
    pub(crate) message: &'a Message<'a>,
    /// What the message asks for or tells; none if it is a numeric, or a word that nobody knows.
    pub(crate) command: Option<CommandName>,
    /// By the server's clock if it says, else now.
    pub(crate) at: Timestamp,
    /// The nick or the server it comes from; empty if it does not say.
    pub(crate) from: &'a str,
    /// The request that it answers.
    pub(crate) label: Option<Cow<'a, str>>,
}

/// A reaction that a line gives or takes back.
pub(crate) struct Reacting<'a> {
    /// The id of the message.
    pub(crate) to: Arc<str>,
    /// An emoji or a few letters, as they are shown.
    pub(crate) text: Arc<str>,
    /// The nick of whoever reacts, as the server knows it.
    pub(crate) from: &'a str,
    /// It is given, and not taken back.
    pub(crate) is_given: bool,
}

/// Ids are short; a longer one is not kept whole.
const MSGID_BYTES_MAX: usize = 256;

/// A clock that is so much ahead is wrong.
const AHEAD_MAX: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

/// Whether a server's time is so far ahead of ours that its clock must be wrong. It would put everything else above it.
pub(crate) fn is_ahead(at: Timestamp, now: Timestamp) -> bool {
    at > now + AHEAD_MAX
}

impl<'a> Incoming<'a> {
    /// A line that came at this time.
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

    /// Whether the server says when it was.
    pub(crate) fn has_time(&self) -> bool {
        self.message.tags.get("time").is_some()
    }

    /// Whether a person sent it, and not a server.
    pub(crate) fn is_from_person(&self) -> bool {
        self.message.source.is_some_and(|source| source.user.is_some())
    }

    /// The parameter at `index`, or nothing.
    pub(crate) fn param(&self, index: usize) -> &'a str {
        self.message.param(index).unwrap_or_default()
    }

    /// The last parameter, or nothing: in answers and refusals what the server says of them to people.
    pub(crate) fn last(&self) -> &'a str {
        self.message.params.last().copied().unwrap_or_default()
    }

    /// The last parameter of at least `least`, if there is something in it.
    pub(crate) fn reason(&self, least: usize) -> Option<&'a str> {
        Some(self.last()).filter(|last| self.message.params.len() >= least && !last.is_empty())
    }

    /// A time that is told in seconds of Unix time.
    pub(crate) fn seconds(&self, index: usize) -> Option<Timestamp> {
        let seconds = self.param(index).parse::<i64>().ok()?;
        seconds.checked_mul(1000).map(Timestamp::from_millis)
    }

    /// The id of the message that the line has.
    pub(crate) fn msgid(&self) -> Option<Arc<str>> {
        self.tag(&["msgid"]).map(|msgid| fitting(&msgid, MSGID_BYTES_MAX).into())
    }

    /// The account of whoever sent it, as the server knows it.
    pub(crate) fn account(&self) -> Option<Arc<str>> {
        self.tag(&["account"]).map(|account| fitting(&account, NAME_BYTES_MAX).into())
    }

    /// The id of the message that this one answers.
    pub(crate) fn replied_to(&self) -> Option<Arc<str>> {
        self.tag(&["+reply", "+draft/reply"]).map(|msgid| fitting(&msgid, MSGID_BYTES_MAX).into())
    }

    /// The reaction that it gives or takes back, if it does. <https://ircv3.net/specs/client-tags/react>
    pub(crate) fn reaction(&self) -> Option<Reacting<'a>> {
        let given = self.tag(&["+react", "+draft/react"]);
        let is_given = given.is_some();
        let text = shown_reaction(&given.or_else(|| self.tag(&["+unreact", "+draft/unreact"]))?)?;
        let to = self.replied_to()?;
        (!self.from.is_empty()).then_some(Reacting { to, text, from: self.from, is_given })
    }

    /// The value of the first of these tags that is there, if there is something in it.
    fn tag(&self, names: &[&str]) -> Option<Cow<'a, str>> {
        let found = names.iter().find_map(|name| self.message.tags.get(name));
        found.filter(|value| !value.is_empty())
    }
}
