//! The person's nick on one connection: granted by the server, refused, requested, or waited for.

use std::sync::Arc;

use parla_proto::{Capabilities, Line, NickFault, Source, Timestamp};

use super::{Asks, Session};
use crate::{
    limits::GHOST_MAX,
    regain::{LostConnection, Regain},
    turn::Turn,
    view::NickHolder,
};

/// How many nicks are tried after the wanted one. An unstable network leaves several connections behind, each
/// with a nick.
const NICKS_TRIED_MAX: usize = 12;
/// The most underscores after a nick; further attempts are numbered.
const UNDERSCORES_MAX: usize = 3;

/// Which nick was refused before registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NickRefused {
    /// The one that the person wants.
    Wanted,
    /// One that stands in for the wanted nick.
    StandIn,
    /// The last one that will be tried.
    Last,
}

impl Session {
    /// Whether this is the person's own nick.
    pub(crate) fn is_own(&self, nick: &str) -> bool {
        self.same(nick, &self.nick)
    }

    /// Whether the person waits for this nick, which somebody else or their own lost connection has.
    pub(crate) fn is_awaited(&self, nick: &str) -> bool {
        self.regain.wanted().is_some_and(|wanted| self.same(wanted, nick))
    }

    /// Whether this seems to be the person's own lost connection.
    pub(crate) fn is_ghost(&self, nick: &str) -> bool {
        self.regain.holder() == NickHolder::LostConnection && self.is_awaited(nick)
    }

    /// Learns from a line who has the nick that the person waits for.
    pub(crate) fn note_holder(&mut self, source: Option<Source<'_>>, turn: &mut Turn<'_>) {
        if let Some(Source { name, user: Some(user), host: Some(host) }) = source
            && self.is_awaited(name)
        {
            self.regain.seen(&format!("{user}@{host}"), turn);
        }
    }

    /// RPL_WELCOME: the server has registered the person under this nick; `wanted` is the one they want.
    /// Returns false if they were already registered.
    pub(crate) fn welcomed(&mut self, nick: Option<&str>, wanted: &Arc<str>, now: Timestamp) -> bool {
        if std::mem::replace(&mut self.is_registered, true) {
            return false;
        }
        if let Some(nick) = nick.filter(|nick| self.is_nick(nick) && *nick != "*") {
            self.nick = nick.into();
        }
        // A nick that the server has merely cut short counts as the wanted one.
        if self.nicks_tried > 0 && !self.is_own(wanted) {
            let is_it =
                |lost: &LostConnection| self.same(&lost.nick, wanted) && now.since(lost.lost_at) < GHOST_MAX;
            let ghost = self.lost.clone().filter(is_it);
            self.regain.begin(wanted, ghost, now);
        }
        true
    }

    /// The person has another nick. Returns true if it is one that they requested.
    pub(crate) fn renamed(&mut self, nick: &str) -> bool {
        self.nick = nick.into();
        self.nick_asked.take_if(|asked| self.casemapping.fold(asked) == self.casemapping.fold(nick)).is_some()
    }

    /// Sets or removes the person's own display name.
    pub(crate) fn set_called(&mut self, called: Option<Arc<str>>) {
        self.called = called;
    }

    /// The person wants this nick, but is not registered; it will be sent on registration.
    pub(crate) fn introduce_as(&mut self, nick: &str) {
        self.nick = nick.into();
        self.nicks_tried = 0;
        self.nick_asked = None;
    }

    /// Requests another nick.
    pub(crate) fn ask_nick(&mut self, nick: &str, turn: &mut Turn<'_>) {
        self.nick_asked = Some(nick.into());
        turn.send(Line::bare("NICK").param(nick));
    }

    /// Requests the nick again that was requested on a connection which broke before the server answered.
    pub(crate) fn ask_nick_again(&mut self, turn: &mut Turn<'_>) {
        match self.nick_asked.take() {
            Some(nick) if *nick != *self.nick => self.ask_nick(&nick, turn),
            Some(_) | None => {}
        }
    }

    /// A nick was refused. Returns true if the person need not be told, because it is the wanted one, which
    /// is requested again and again.
    pub(crate) fn is_refused_quietly(&mut self, nick: &str, turn: &mut Turn<'_>) -> bool {
        let is_asked = self.nick_asked.as_ref().is_some_and(|asked| self.same(asked, nick));
        self.regain.refused(turn) && !is_asked
    }

    /// The nick that the person requested; the request is over.
    pub(crate) const fn take_nick_asked(&mut self) -> Option<Arc<str>> {
        self.nick_asked.take()
    }

    /// Why a nick was refused, if the server has said so in machine-readable form.
    pub(crate) const fn take_nick_fault(&mut self) -> Option<NickFault> {
        self.nick_fault.take()
    }

    /// Remembers why a nick is refused; the numeric follows.
    pub(crate) const fn set_nick_fault(&mut self, fault: NickFault) {
        self.nick_fault = Some(fault);
    }
}

/// The connection that was lost last.
impl Session {
    /// An earlier client lost its connection, perhaps just now.
    pub(crate) fn has_lost_connection(&mut self, now: Timestamp) {
        self.lost = Some(LostConnection { nick: Arc::clone(&self.nick), userhost: None, lost_at: now });
    }

    /// The connection that the server may still believe in if this one is lost now.
    pub(super) fn lost_connection(&self, now: Timestamp) -> Option<LostConnection> {
        let this = self.is_registered.then(|| LostConnection {
            nick: Arc::clone(&self.nick),
            userhost: self.userhost.as_deref().map(Arc::from),
            lost_at: now,
        });
        // Whoever loses a connection under a stand-in still waits for the end of the one before.
        self.regain.ghost().cloned().or(this).or_else(|| self.lost.clone())
    }
}

/// A nick that is refused before registration.
impl Session {
    /// Which nick was refused.
    pub(crate) const fn refused_nick(&self) -> NickRefused {
        match self.nicks_tried {
            0 => NickRefused::Wanted,
            NICKS_TRIED_MAX.. => NickRefused::Last,
            _ => NickRefused::StandIn,
        }
    }

    /// Whether the nick must be requested once more, when the server can give a reason, before the person is
    /// told.
    pub(crate) fn asks_why(&mut self) -> bool {
        let can_say = self.offered.contains(Capabilities::STANDARD_REPLIES) && self.requests_open > 0;
        let asks = can_say && self.nicks_tried == 0 && self.asks_why == Asks::Never;
        if asks {
            self.asks_why = Asks::Soon;
        }
        asks
    }

    /// Tries another nick, similar to the wanted one.
    pub(crate) fn try_stand_in(&mut self, wanted: &str, turn: &mut Turn<'_>) {
        self.nicks_tried += 1;
        let next = stand_in(wanted, self.nicks_tried, self.nick_bytes_max);
        turn.send(Line::bare("NICK").param(&next));
        self.nick = next.into();
    }
}

/// The wanted nick, while somebody else has it.
impl Session {
    /// The state of the wait.
    pub(crate) const fn regain(&self) -> &Regain {
        &self.regain
    }

    /// The state of the wait, for changes.
    pub(crate) const fn regain_mut(&mut self) -> &mut Regain {
        &mut self.regain
    }

    /// Requests the wanted nick if it may be free now.
    pub(crate) fn ask_wanted_nick(&mut self, turn: &mut Turn<'_>) {
        if self.is_registered {
            self.regain.ask(turn);
        }
    }

    /// The server's features are known now, so it is asked to report when the nick is free.
    pub(crate) fn watch_nick(&mut self, turn: &mut Turn<'_>) {
        if self.monitors {
            self.regain.watch(turn);
        }
    }

    /// Somebody has left this nick.
    pub(crate) fn nick_freed(&mut self, nick: &str) {
        let casemapping = self.casemapping;
        self.regain.freed(|wanted| casemapping.fold(wanted) == casemapping.fold(nick));
    }
}

/// The wanted nick with a suffix, which is different for each number from 1.
fn stand_in(nick: &str, number: usize, bytes_max: Option<usize>) -> String {
    let tail = if number <= UNDERSCORES_MAX { "_".repeat(number) } else { format!("_{number}") };
    let stem = bytes_max.map_or(nick.len(), |max| max.saturating_sub(tail.len()).max(1));
    format!("{}{tail}", parla_proto::line::fitting(nick, stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stand_in_fits() {
        assert_eq!(stand_in("alice", 2, None), "alice__");
        assert_eq!(stand_in("abcdefghi", 1, Some(9)), "abcdefgh_");
        assert_eq!(stand_in("a", 3, Some(1)), "a___");
        assert_eq!(stand_in("alice", 4, None), "alice_4");
        assert_eq!(stand_in("abcdefghi", 12, Some(9)), "abcdef_12");
    }
}
