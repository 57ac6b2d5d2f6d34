//! Getting the wanted nick back while the person's own lost connection has it.
//!
//! The server may not have noticed yet that the connection is gone. Until it has, the person has a stand-in;
//! the wanted nick is requested as soon as it is known to be free: by MONITOR where the server has it, when
//! its owner is seen to leave, and now and then in any case. <https://ircv3.net/specs/extensions/monitor>
//!
//! This is part of a [`crate::session::Session`], which knows when two nicks are the same.

use std::sync::Arc;

use parla_proto::{Line, Timestamp};

use crate::{
    limits::{NICK_RECLAIM, NICK_RECLAIM_WATCHED},
    turn::Turn,
};

/// The state of the wait for the wanted nick.
#[derive(Debug, Default)]
pub(crate) struct Regain {
    wait: Option<Wait>,
}

#[derive(Debug)]
struct Wait {
    nick: Arc<str>,
    /// When it is requested in any case.
    at: Timestamp,
    /// Whether it was requested and the server has not answered yet.
    is_asked: bool,
    /// Whether somebody with that nick has just left it.
    is_free: bool,
    /// Whether the server reports when it is free.
    is_watched: bool,
    /// Whether the wait is over, because the person has the nick or no longer wants it.
    is_over: bool,
}

impl Regain {
    /// The nick that the person waits for.
    pub(crate) fn wanted(&self) -> Option<&Arc<str>> {
        self.wait.as_ref().filter(|wait| !wait.is_over).map(|wait| &wait.nick)
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.wait.as_ref().map(|wait| wait.at)
    }

    /// The server refused a nick. Returns true if it is the one that was requested here, which is not news to
    /// the person.
    pub(crate) fn refused(&mut self) -> bool {
        self.wait.as_mut().is_some_and(|wait| std::mem::take(&mut wait.is_asked))
    }

    /// The server cannot watch any more nicks.
    pub(crate) fn cannot_watch(&mut self, now: Timestamp) {
        if let Some(wait) = &mut self.wait {
            wait.is_watched = false;
            wait.at = now + NICK_RECLAIM;
        }
    }

    /// The person was registered under a stand-in, because the wanted nick was refused.
    pub(crate) fn begin(&mut self, nick: &Arc<str>, now: Timestamp) {
        let (nick, at) = (Arc::clone(nick), now + NICK_RECLAIM);
        let (is_asked, is_free, is_watched, is_over) = (false, false, false, false);
        self.wait = Some(Wait { nick, at, is_asked, is_free, is_watched, is_over });
    }

    /// Asks the server, which supports that, to report when the nick is free.
    pub(crate) fn watch(&mut self, turn: &mut Turn<'_>) {
        let Some(wait) = &mut self.wait else { return };
        wait.is_watched = true;
        wait.at = turn.now + NICK_RECLAIM_WATCHED;
        turn.send(Line::bare("MONITOR").param("+").param(&wait.nick));
    }

    /// Somebody has left a nick; `is_it` says whether it is this one.
    pub(crate) fn freed(&mut self, is_it: impl FnOnce(&str) -> bool) {
        if let Some(wait) = &mut self.wait
            && is_it(&wait.nick)
        {
            wait.is_free = true;
        }
    }

    /// Ends the wait, because the person has the nick or no longer wants it.
    pub(crate) const fn end(&mut self) {
        if let Some(wait) = &mut self.wait {
            wait.is_over = true;
        }
    }

    /// Requests the nick if it may be free now. Call it only while connected.
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
        // If it seemed free and is refused nevertheless, it will be free soon.
        wait.at = turn.now + if wait.is_watched && is_due { NICK_RECLAIM_WATCHED } else { NICK_RECLAIM };
        turn.send(Line::bare("NICK").param(&wait.nick));
    }
}
