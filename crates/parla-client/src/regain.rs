//! Getting the wanted name back while it is taken by one's own lost connection.
//!
//! The server may not have noticed yet that the connection is gone. Until it has, the person has a stand-in; the name is asked
//! for as soon as it is known to be free: by MONITOR where the server has it, when its owner is seen to leave, and now and
//! then in any case. <https://ircv3.net/specs/extensions/monitor>
//!
//! Part of a [`crate::session::Session`], which knows when two nicks are the same.

use std::sync::Arc;

use parla_proto::{Line, Timestamp};

use crate::{
    limits::{NICK_RECLAIM, NICK_RECLAIM_WATCHED},
    turn::Turn,
};

/// Whether the person waits for their name.
#[derive(Debug, Default)]
pub(crate) struct Regain {
    wait: Option<Wait>,
}

#[derive(Debug)]
struct Wait {
    nick: Arc<str>,
    /// When it is asked for in any case.
    at: Timestamp,
    /// It is asked for, and the server has not answered.
    is_asked: bool,
    /// Somebody of that name has just left it.
    is_free: bool,
    /// The server says when it is free.
    is_watched: bool,
    /// The person has it, or wants it no longer.
    is_over: bool,
}

impl Regain {
    /// The name that the person waits for.
    pub(crate) fn wanted(&self) -> Option<&Arc<str>> {
        self.wait.as_ref().filter(|wait| !wait.is_over).map(|wait| &wait.nick)
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.wait.as_ref().map(|wait| wait.at)
    }

    /// The server has refused the name, if it is the one that was asked for here. That is no news to the person.
    pub(crate) fn refused(&mut self) -> bool {
        self.wait.as_mut().is_some_and(|wait| std::mem::take(&mut wait.is_asked))
    }

    /// The server does not watch any more names.
    pub(crate) fn cannot_watch(&mut self, now: Timestamp) {
        if let Some(wait) = &mut self.wait {
            wait.is_watched = false;
            wait.at = now + NICK_RECLAIM;
        }
    }

    /// The person was taken in under a stand-in, because the wanted name was refused.
    pub(crate) fn begin(&mut self, nick: &Arc<str>, now: Timestamp) {
        let (nick, at) = (Arc::clone(nick), now + NICK_RECLAIM);
        let (is_asked, is_free, is_watched, is_over) = (false, false, false, false);
        self.wait = Some(Wait { nick, at, is_asked, is_free, is_watched, is_over });
    }

    /// The server can say when the name is free, and is asked to.
    pub(crate) fn watch(&mut self, turn: &mut Turn<'_>) {
        let Some(wait) = &mut self.wait else { return };
        wait.is_watched = true;
        wait.at = turn.now + NICK_RECLAIM_WATCHED;
        turn.send(Line::bare("MONITOR").param("+").param(&wait.nick));
    }

    /// Somebody has left a name; `is_it` tells whether it is this one.
    pub(crate) fn freed(&mut self, is_it: impl FnOnce(&str) -> bool) {
        if let Some(wait) = &mut self.wait
            && is_it(&wait.nick)
        {
            wait.is_free = true;
        }
    }

    /// The person has the name, or wants it no longer.
    pub(crate) const fn end(&mut self) {
        if let Some(wait) = &mut self.wait {
            wait.is_over = true;
        }
    }

    /// Asks for the name if it may be free now. Only while connected.
    pub(crate) fn ask(&mut self, turn: &mut Turn<'_>) {
        let Some(wait) = &mut self.wait else { return };
        if wait.is_over {
            if wait.is_watched {
                turn.send(Line::bare("MONITOR").param("-").param(&wait.nick));
            }
            self.wait = None;
            return;
        }
        let is_due = wait.at <= turn.now;
        if !is_due && (!wait.is_free || wait.is_asked) {
            return;
        }
        wait.is_free = false;
        wait.is_asked = true;
        // If it was free and is not to be had all the same, it is soon.
        wait.at = turn.now + if wait.is_watched && is_due { NICK_RECLAIM_WATCHED } else { NICK_RECLAIM };
        turn.send(Line::bare("NICK").param(&wait.nick));
    }
}
