//! A message as it was received: by a line now, in a page of history, or out of the archive of this machine.

use std::sync::Arc;

use parla_proto::{CommandName, Timestamp};

use crate::{
    contract::Kept,
    display_names::DisplayNames,
    incoming::Incoming,
    session::Session,
    text::shown_name,
    timeline::Spot,
    view::{Audience, Author, Manner},
};

/// A message with everything that matters of its line.
pub(crate) struct Received<'a> {
    pub(crate) at: Timestamp,
    /// The server says so.
    pub(crate) has_time: bool,
    pub(crate) msgid: Option<Arc<str>>,
    /// The request that it answers.
    pub(crate) label: Option<&'a str>,
    /// The nick as the server knows it.
    pub(crate) from: &'a str,
    /// `nick!user@host`, as far as it is told.
    pub(crate) source: Arc<str>,
    /// The account as the server knows it.
    pub(crate) account: Option<Arc<str>>,
    /// Who said it, as they are shown.
    pub(crate) author: Author,
    pub(crate) manner: Manner,
    /// With formatting codes; several lines have line feeds between them.
    pub(crate) text: &'a str,
    /// For whom in the room it is, if not for all.
    pub(crate) audience: Option<Audience>,
    /// The id of what it answers.
    pub(crate) reply_to: Option<Arc<str>>,
    pub(crate) coming: Coming,
    /// Where it goes.
    pub(crate) spot: Spot,
}

/// How a message comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coming {
    /// It is said now.
    Live,
    /// It was said earlier and is repeated without a batch, as bouncers do.
    Repeated,
    /// In a page of history.
    Page,
    /// Out of the archive.
    Archive,
}

/// Where a message turned up that may be one of the person's own that was not confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sighting {
    /// On this connection.
    Live,
    /// In a history that begins behind something that was known before the message was sent.
    Behind,
    /// In a history that may begin long before.
    Anywhere,
}

impl<'a> Received<'a> {
    /// What a PRIVMSG or a NOTICE says. None if it is a request to the program and not for people (CTCP).
    pub(crate) fn of_line(
        session: &Session,
        names: &DisplayNames,
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
                called: names.of(session, incoming.from),
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

    /// It was said earlier, and is repeated without a batch.
    pub(crate) fn is_repeated(&mut self, session: &Session, spot: Spot) {
        (self.coming, self.spot) = (Coming::Repeated, spot);
        self.author.own = is_own(session, self.from, self.coming);
    }

    /// A message of the archive.
    pub(crate) fn of_archive(kept: &'a Kept, spot: Spot) -> Self {
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

/// The words of an action; none if it is another request. What follows the first control character of a line is given.
fn action(ctcp: &str) -> Option<&str> {
    let ctcp = ctcp.strip_suffix('\u{1}').unwrap_or(ctcp);
    ctcp.strip_prefix("ACTION ").or_else(|| (ctcp == "ACTION").then_some(""))
}

/// Whether the person said it. While they wait for their name, what was said under it before is theirs: by the connection that was
/// lost. Whoever has the name now may be somebody else.
fn is_own(session: &Session, nick: &str, coming: Coming) -> bool {
    session.is_own(nick) || (coming != Coming::Live && session.is_awaited(nick))
}
