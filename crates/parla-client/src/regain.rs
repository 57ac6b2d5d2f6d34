//! Getting the wanted nick back while the person's own lost connection, or somebody else, has it.
//!
//! The server may not have noticed yet that the connection is gone. Until the nick is free, the person has a
//! stand-in. The wanted nick is requested as soon as it is known to be free: by MONITOR where the server has
//! it, when its owner is seen to leave, and now and then in any case. <https://ircv3.net/specs/extensions/monitor>
//!
//! This is part of a [`crate::session::Session`], which knows when two nicks are the same.

use std::sync::Arc;

use parla_proto::{Line, Timestamp};

use crate::{
    limits::{GHOST_MAX, NICK_RECLAIM, NICK_RECLAIM_WATCHED},
    turn::Turn,
    view::NickHolder,
};

/// A connection of the person that is lost. The server may believe in it for a while.
#[derive(Clone, Debug)]
pub(crate) struct LostConnection {
    pub(crate) nick: Arc<str>,
    /// Its `user@host`, if it was known.
    pub(crate) userhost: Option<Arc<str>>,
    pub(crate) lost_at: Timestamp,
}

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
    /// The person's lost connection that seems to have the nick; `None` if somebody else has it.
    ghost: Option<LostConnection>,
    /// Whether somebody has left the nick since the wait began.
    was_free: bool,
    /// Whether the wait is over, because the person has the nick or no longer wants it.
    is_over: bool,
}

impl Regain {
    /// The nick that the person waits for.
    pub(crate) fn wanted(&self) -> Option<&Arc<str>> {
        self.wait.as_ref().filter(|wait| !wait.is_over).map(|wait| &wait.nick)
    }

    /// Who has that nick, as far as we can tell.
    pub(crate) fn holder(&self) -> NickHolder {
        if self.ghost().is_some() { NickHolder::LostConnection } else { NickHolder::SomebodyElse }
    }

    /// The person's lost connection that seems to have that nick.
    pub(crate) fn ghost(&self) -> Option<&LostConnection> {
        self.wait.as_ref()?.ghost.as_ref()
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        let wait = self.wait.as_ref()?;
        Some(wait.ghost.as_ref().map_or(wait.at, |ghost| wait.at.min(ghost.lost_at + GHOST_MAX)))
    }

    /// The server refused a nick. Returns true if it is the one that was requested here, which is not news to
    /// the person.
    pub(crate) fn refused(&mut self, turn: &mut Turn<'_>) -> bool {
        let Some(wait) = &mut self.wait else { return false };
        let was_asked = std::mem::take(&mut wait.is_asked);
        // The lost connection is gone, and somebody was faster.
        if was_asked && wait.was_free && wait.ghost.take().is_some() {
            turn.network_changed();
        }
        was_asked
    }

    /// The user who has that nick has this `user@host`.
    pub(crate) fn seen(&mut self, userhost: &str, turn: &mut Turn<'_>) {
        let is_other =
            |ghost: &mut LostConnection| ghost.userhost.as_deref().is_some_and(|own| own != userhost);
        if let Some(wait) = &mut self.wait
            && wait.ghost.take_if(is_other).is_some()
        {
            turn.network_changed();
        }
    }

    /// Somebody has taken that nick just now.
    pub(crate) fn taken(&mut self, turn: &mut Turn<'_>) {
        if let Some(wait) = &mut self.wait
            && wait.ghost.take().is_some()
        {
            turn.network_changed();
        }
    }

    /// The server cannot watch any more nicks.
    pub(crate) fn cannot_watch(&mut self, now: Timestamp) {
        if let Some(wait) = &mut self.wait {
            wait.is_watched = false;
            wait.at = now + NICK_RECLAIM;
        }
    }

    /// The person was registered under a stand-in, because the wanted nick was refused. `ghost` is their lost
    /// connection that had the nick, if there is one.
    pub(crate) fn begin(&mut self, nick: &Arc<str>, ghost: Option<LostConnection>, now: Timestamp) {
        self.wait = Some(Wait {
            nick: Arc::clone(nick),
            at: now + NICK_RECLAIM,
            is_asked: false,
            is_free: false,
            is_watched: false,
            ghost,
            was_free: false,
            is_over: false,
        });
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
            wait.was_free = true;
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
        // The server has certainly noticed by now that the connection is lost.
        if wait.ghost.take_if(|ghost| ghost.lost_at + GHOST_MAX <= turn.now).is_some() {
            turn.network_changed();
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
