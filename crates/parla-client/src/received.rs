//! A message as it was received: live, in a page of history, or from the archive of this machine.

use std::sync::Arc;

use parla_proto::{CommandName, Timestamp};

use crate::{
    contract::ArchivedMessage,
    display_names::DisplayNames,
    incoming::Incoming,
    session::Session,
    text::shown_name,
    timeline::Spot,
    view::{Audience, Author, Manner},
};

/// A message with everything that matters from its line.
pub(crate) struct Received<'a> {
    pub(crate) at: Timestamp,
    /// Whether the server gave the time.
    pub(crate) has_time: bool,
    pub(crate) msgid: Option<Arc<str>>,
    /// The label of the request that it answers.
    pub(crate) label: Option<&'a str>,
    /// The sender's nick as the server knows it.
    pub(crate) from: &'a str,
    /// The sender as `nick!user@host`, as far as it is known.
    pub(crate) source: Arc<str>,
    /// The sender's account as the server knows it.
    pub(crate) account: Option<Arc<str>>,
    /// The sender as they are shown.
    pub(crate) author: Author,
    pub(crate) manner: Manner,
    /// The text, with formatting codes; lines are separated by line feeds.
    pub(crate) text: &'a str,
    /// The members it is for, if not for all.
    pub(crate) audience: Option<Audience>,
    /// The msgid of the message that it answers.
    pub(crate) reply_to: Option<Arc<str>>,
    pub(crate) coming: Coming,
    /// Where it belongs in the timeline.
    pub(crate) spot: Spot,
}

/// How a message arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coming {
    /// It has just been sent.
    Live,
    /// It was sent earlier and is repeated outside a batch, as bouncers do.
    Repeated,
    /// It is part of a page of history.
    Page,
    /// It comes from the archive.
    Archive,
}

/// Where a message appeared that may be an unconfirmed one of the person's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sighting {
    /// On this connection.
    Live,
    /// In a history that begins after a message that was known before this one was sent.
    Behind,
    /// In a history that may begin long before.
    Anywhere,
}

impl<'a> Received<'a> {
    /// Reads a PRIVMSG or NOTICE. `None` if it is a CTCP request, which is for programs and not for people.
    pub(crate) fn of_line(
        session: &Session,
        display_names: &DisplayNames,
        incoming: &'a Incoming<'_>,
        coming: Coming,
    ) -> Option<Self> {
        let (manner, text) = match incoming.message.param(1)?.strip_prefix('\u{1}') {
            Some(ctcp) => (Manner::Action, action(ctcp)?),
            None if incoming.command == Some(CommandName::Notice) => (Manner::Notice, incoming.param(1)),
            None => (Manner::Message, incoming.param(1)),
        };
        let account = incoming.account();
        Some(Self {
            at: incoming.at,
            has_time: incoming.has_time(),
            msgid: incoming.msgid(),
            label: incoming.label.as_deref(),
            from: incoming.from,
            source: incoming.message.source.map(|source| source.to_string()).unwrap_or_default().into(),
            author: Author {
                account: account.as_deref().map(shown_name),
                called: display_names.of(session, incoming.from),
                own: is_own(session, incoming.from, coming),
                bot: incoming.message.tags.get("bot").is_some(),
                ..Author::new(incoming.from)
            },
            account,
            manner,
            text,
            audience: session.audience(incoming.param(0)).and_then(|target| target.audience),
            reply_to: incoming.replied_to(),
            coming,
            spot: Spot::End,
        })
    }

    /// Marks it as sent earlier and repeated outside a batch.
    pub(crate) fn is_repeated(&mut self, session: &Session, spot: Spot) {
        (self.coming, self.spot) = (Coming::Repeated, spot);
        self.author.own = is_own(session, self.from, self.coming);
    }

    /// A message of the archive.
    pub(crate) fn of_archive(kept: &'a ArchivedMessage, spot: Spot) -> Self {
        let from = kept.source.split('!').next().unwrap_or_default();
        Self {
            at: kept.at,
            has_time: true,
            msgid: kept.msgid.clone(),
            label: None,
            from,
            source: Arc::clone(&kept.source),
            account: kept.account.clone(),
            author: Author {
                account: kept.account.as_deref().map(shown_name),
                own: kept.own,
                ..Author::new(from)
            },
            manner: kept.manner,
            text: &kept.text,
            audience: kept.audience,
            reply_to: None,
            coming: Coming::Archive,
            spot,
        }
    }
}

/// The text of an action, up to the first control character; `None` if it is another CTCP request.
fn action(ctcp: &str) -> Option<&str> {
    let ctcp = ctcp.strip_suffix('\u{1}').unwrap_or(ctcp);
    ctcp.strip_prefix("ACTION ").or_else(|| (ctcp == "ACTION").then_some(""))
}

/// Whether the person sent it. While they wait for their nick, messages from the past under it are theirs,
/// sent on the lost connection; whoever has the nick now may be somebody else.
fn is_own(session: &Session, nick: &str, coming: Coming) -> bool {
    session.is_own(nick) || (coming != Coming::Live && session.is_awaited(nick))
}
