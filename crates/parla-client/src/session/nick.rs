//! The person's nick on one connection: given by the server, refused, asked for, and waited for.

use std::sync::Arc;

use parla_proto::{Capabilities, Line, NickFault, Timestamp};

use super::{Asks, Session};
use crate::{regain::Regain, turn::Turn};

/// Nicks that are tried after the wanted one. A network that comes and goes leaves several connections behind, each with a nick.
const NICKS_TRIED_MAX: usize = 12;
/// Underscores behind a nick; further ones are counted in figures.
const UNDERSCORES_MAX: usize = 3;

/// Which nick was refused before the server took the person in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NickRefused {
    /// The one that the person wants.
    Wanted,
    /// One that stands in for it.
    StandIn,
    /// The last one that is tried.
    Last,
}

impl Session {
    /// Whether the nick is one's own.
    pub(crate) fn is_own(&self, nick: &str) -> bool {
        self.same(nick, &self.nick)
    }

    /// Whether the person waits for this nick, which their lost connection still has.
    pub(crate) fn is_awaited(&self, nick: &str) -> bool {
        self.regain.wanted().is_some_and(|wanted| self.same(wanted, nick))
    }

    /// RPL_WELCOME: the server has taken the person in, and says under which nick; `wanted` is the one they want. False if it
    /// had before.
    pub(crate) fn welcomed(&mut self, nick: Option<&str>, wanted: &Arc<str>, now: Timestamp) -> bool {
        if std::mem::replace(&mut self.is_registered, true) {
            return false;
        }
        if let Some(nick) = nick.filter(|nick| self.is_nick(nick) && *nick != "*") {
            self.nick = nick.into();
        }
        // A name that the server has only cut short is the person's.
        if self.nicks_tried > 0 && !self.is_own(wanted) {
            self.regain.begin(wanted, now);
        }
        true
    }

    /// The person has another nick: `called` is what they are called beside it. True if it is one that they asked for.
    pub(crate) fn renamed(&mut self, nick: &str) -> bool {
        self.nick = nick.into();
        self.nick_asked.take_if(|asked| self.casemapping.fold(asked) == self.casemapping.fold(nick)).is_some()
    }

    /// The person is called so beside their nick.
    pub(crate) fn set_called(&mut self, called: Option<Arc<str>>) {
        self.called = called;
    }

    /// The person wants this nick, which the server does not know yet: the connection is not there, or was not taken in.
    pub(crate) fn introduce_as(&mut self, nick: &str) {
        self.nick = nick.into();
        self.nicks_tried = 0;
    }

    /// The person wants another nick, and the server is asked for it.
    pub(crate) fn ask_nick(&mut self, nick: &str, turn: &mut Turn<'_>) {
        self.nick_asked = Some(nick.into());
        turn.send(Line::bare("NICK").param(nick));
    }

    /// Another nick was not to be had. Whether that is not worth a word: the wanted one is asked for again and again.
    pub(crate) fn is_refused_quietly(&mut self, nick: &str) -> bool {
        let is_asked = self.nick_asked.as_ref().is_some_and(|asked| self.same(asked, nick));
        self.regain.refused() && !is_asked
    }

    /// The nick that the person asked for; it is not asked for any more.
    pub(crate) const fn take_nick_asked(&mut self) -> Option<Arc<str>> {
        self.nick_asked.take()
    }

    /// Why a nick was refused, if the server has said so for programs.
    pub(crate) const fn take_nick_fault(&mut self) -> Option<NickFault> {
        self.nick_fault.take()
    }

    /// Why a nick is refused; the numeric comes behind it.
    pub(crate) const fn set_nick_fault(&mut self, fault: NickFault) {
        self.nick_fault = Some(fault);
    }
}

/// A nick that is refused before the server has taken the person in.
impl Session {
    /// Which nick was refused.
    pub(crate) const fn refused_nick(&self) -> NickRefused {
        match self.nicks_tried {
            0 => NickRefused::Wanted,
            NICKS_TRIED_MAX.. => NickRefused::Last,
            _ => NickRefused::StandIn,
        }
    }

    /// Whether the nick is asked for once more before the person is told, when the server can give a reason.
    pub(crate) fn asks_why(&mut self) -> bool {
        let can_say = self.offered.contains(Capabilities::STANDARD_REPLIES) && self.requests_open > 0;
        let asks = can_say && self.nicks_tried == 0 && self.asks_why == Asks::Never;
        if asks {
            self.asks_why = Asks::Soon;
        }
        asks
    }

    /// Tries another nick, near the wanted one.
    pub(crate) fn try_stand_in(&mut self, wanted: &str, turn: &mut Turn<'_>) {
        self.nicks_tried += 1;
        let next = stand_in(wanted, self.nicks_tried, self.nick_bytes_max);
        turn.send(Line::bare("NICK").param(&next));
        self.nick = next.into();
    }
}

/// The wanted nick, while somebody else has it.
impl Session {
    /// What is known of it.
    pub(crate) const fn regain(&self) -> &Regain {
        &self.regain
    }

    /// The same, to be changed.
    pub(crate) const fn regain_mut(&mut self) -> &mut Regain {
        &mut self.regain
    }

    /// Asks for the wanted nick, if it may be free now.
    pub(crate) fn ask_wanted_nick(&mut self, turn: &mut Turn<'_>) {
        if self.is_registered {
            self.regain.ask(turn);
        }
    }

    /// The server's abilities are known now: it is asked to say when the nick is free.
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

/// The wanted nick with something behind it, another one for each number from 1.
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
