//! Getting the wanted name back while it is taken by one's own lost connection.
//!
//! The server may not have noticed yet that the connection is gone. Until it has, the person has a stand-in; the name is asked
//! for as soon as it is known to be free: by MONITOR where the server has it, when its owner is seen to leave, and now and
//! then in any case. <https://ircv3.net/specs/extensions/monitor>

use std::sync::Arc;

use parla_proto::{Line, Timestamp};

use crate::{
    client::{Client, Turn},
    limits::{NICK_RECLAIM, NICK_RECLAIM_WATCHED},
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

    /// What was waited for on the last connection is waited for no more.
    pub(crate) fn connection_lost(&mut self) {
        self.wait = None;
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
}

/// The person was taken in under a stand-in, because the wanted name was refused.
pub(crate) fn begin(client: &mut Client, now: Timestamp) {
    let nick = Arc::clone(&client.settings.nick);
    let at = now + NICK_RECLAIM;
    let (is_asked, is_free, is_watched, is_over) = (false, false, false, false);
    client.regain.wait = Some(Wait { nick, at, is_asked, is_free, is_watched, is_over });
}

/// The server's abilities are known now: it is asked to say when the name is free.
pub(crate) fn watch(client: &mut Client, turn: &mut Turn<'_>) {
    let Some(wait) = client.regain.wait.as_mut().filter(|_| client.session.monitors) else { return };
    wait.is_watched = true;
    wait.at = turn.now + NICK_RECLAIM_WATCHED;
    turn.send(Line::bare("MONITOR").param("+").param(&wait.nick));
}

/// Somebody has left this name.
pub(crate) fn freed(client: &mut Client, nick: &str) {
    if let Some(wait) = &mut client.regain.wait
        && client.session.same(&wait.nick, nick)
    {
        wait.is_free = true;
    }
}

/// The person has another name now: perhaps the wanted one.
pub(crate) fn renamed(client: &mut Client) {
    let is_own = client.session.is_own(&client.settings.nick);
    if let Some(wait) = client.regain.wait.as_mut().filter(|_| is_own) {
        wait.is_over = true;
    }
}

/// The person wants to stay who they are now.
pub(crate) fn keep_stand_in(client: &mut Client) {
    client.settings.nick = Arc::clone(&client.session.nick);
    renamed(client);
    client.changes.network = true;
}

/// Asks for the name if it may be free now.
pub(crate) fn ask(client: &mut Client, turn: &mut Turn<'_>) {
    let Some(wait) = client.regain.wait.as_mut().filter(|_| client.link.is_online()) else { return };
    if wait.is_over {
        if wait.is_watched {
            turn.send(Line::bare("MONITOR").param("-").param(&wait.nick));
        }
        client.regain.wait = None;
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
