//! Decides which tab leads. A state machine: the votes of other tabs and the time go in, votes come out.
//!
//! A tab that opens asks who leads, and the leader answers at once. Nothing depends on the timers of a
//! background tab, which browsers slow down: the leader only has to answer. Two tabs may lead at the same
//! moment if votes are late or a tab was frozen; as soon as one hears of the other, the one with the lower
//! [`Term`] steps down.

use std::time::Duration;

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

/// How long the leader may take to answer. After that, another tab may lead.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(1);
/// How long a successor that the leader named may take to announce that it leads.
const SUCCEED_WITHIN: Duration = Duration::from_millis(500);
/// How often a following tab checks that its leader is still there, and a leader announces that it leads.
const CHECK_EVERY: Duration = Duration::from_secs(30);
/// A timer that fires this late proves nothing: the tab was frozen, and answers may be waiting.
const LATE: Duration = Duration::from_secs(1);

/// The id of a tab, a random number that is drawn when its page is loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TabId(pub u64);

/// The period in which a tab leads. The greatest term counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Term {
    /// The number of the term; each is higher than the one before.
    pub number: u64,
    /// The tab that leads.
    pub leader: TabId,
}

/// What tabs tell each other about the leadership. Tabs of all builds must understand it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ballot {
    /// Who leads?
    Ask,
    /// The sender leads, in this term.
    Lead(Term),
    /// The sender's term has ended; the named tab should lead next.
    Leave(Term, Option<TabId>),
}

/// The part that a tab plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Its page is not in use, because it was left or is frozen.
    Away,
    /// It does not know yet who leads.
    Asking,
    /// It leads and has the connection.
    Leading(Term),
    /// Another tab leads, in this term.
    Following(Term),
}

/// What the browser stores for future tabs: the last term, and whether it has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastTerm {
    /// The number of the last term.
    pub number: u64,
    /// Whether its leader has not announced that it left.
    pub is_led: bool,
}

impl LastTerm {
    /// The text that is stored.
    pub fn to_text(self) -> String {
        format!("{}{}", self.number, if self.is_led { " led" } else { "" })
    }

    /// Parses the result of [`LastTerm::to_text`]; any other text means that no tab has led yet.
    pub fn from_text(text: &str) -> Self {
        let (number, is_led) = text.strip_suffix(" led").map_or((text, false), |number| (number, true));
        number.parse().map_or_else(|_| Self::default(), |number| Self { number, is_led })
    }
}

/// Which tab leads, as one tab sees it.
#[derive(Debug)]
pub struct Election {
    me: TabId,
    /// The greatest term that this tab knows of.
    term: Term,
    /// Whether this tab leads because the one before has not answered.
    is_unasked: bool,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Away,
    Asking(Pending),
    Leading { say_again: Timestamp },
    Following(Check),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    At(Timestamp),
    Asked(Pending),
}

/// A question to the other tabs that waits for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pending {
    until: Timestamp,
    /// Whether it was asked again because the first time proved nothing.
    is_second: bool,
}

impl Pending {
    fn new(now: Timestamp, within: Duration) -> Self {
        Self { until: now + within, is_second: false }
    }
}

impl Election {
    /// The state of a tab that is not in use yet.
    pub const fn new(me: TabId) -> Self {
        Self { me, term: Term { number: 0, leader: TabId(0) }, is_unasked: false, state: State::Away }
    }

    /// The id of this tab.
    pub const fn me(&self) -> TabId {
        self.me
    }

    /// The part that this tab plays.
    pub const fn role(&self) -> Role {
        match self.state {
            State::Away => Role::Away,
            State::Asking(_) => Role::Asking,
            State::Leading { .. } => Role::Leading(self.term),
            State::Following(_) => Role::Following(self.term),
        }
    }

    /// Whether the leader has answered everything that it was asked, as far as this tab follows. While it has
    /// not, this tab may be about to take the lead.
    pub const fn is_sure_of_leader(&self) -> bool {
        matches!(self.state, State::Following(Check::At(_)))
    }

    /// Whether the tab that led before is gone without a word, or does not answer. It may still have its
    /// connection.
    pub const fn is_unasked(&self) -> bool {
        self.is_unasked
    }

    /// What a tab that leads or has just left must store for future tabs.
    pub const fn last_term(&self) -> LastTerm {
        LastTerm { number: self.term.number, is_led: matches!(self.state, State::Leading { .. }) }
    }

    /// The page comes into use, for the first time or again.
    pub fn arrive(&mut self, now: Timestamp, last_term: LastTerm, out: &mut Vec<Ballot>) {
        if self.state != State::Away {
            return;
        }
        self.term = Term { number: self.term.number.max(last_term.number), leader: TabId(0) };
        if last_term.is_led {
            self.state = State::Asking(Pending::new(now, ANSWER_WITHIN));
            out.push(Ballot::Ask);
        } else {
            self.claim(now, out);
        }
    }

    /// The page is left or about to be frozen. `next` is the tab that should lead, if this one did.
    pub fn leave(&mut self, next: Option<TabId>, out: &mut Vec<Ballot>) {
        if matches!(self.state, State::Leading { .. }) {
            out.push(Ballot::Leave(self.term, next));
        }
        self.state = State::Away;
    }

    /// Processes a vote of another tab.
    pub fn handle(&mut self, now: Timestamp, from: TabId, ballot: Ballot, out: &mut Vec<Ballot>) {
        if from == self.me || self.state == State::Away {
            return;
        }
        match ballot {
            Ballot::Ask => {
                if matches!(self.state, State::Leading { .. }) {
                    out.push(Ballot::Lead(self.term));
                }
            }
            Ballot::Lead(term) if term >= self.term || matches!(self.state, State::Asking(_)) => {
                self.term = term;
                self.state = State::Following(Check::At(now + CHECK_EVERY));
            }
            Ballot::Lead(_) => {
                if matches!(self.state, State::Leading { .. }) {
                    out.push(Ballot::Lead(self.term));
                }
            }
            Ballot::Leave(term, next) => self.succeed(now, term, next, out),
        }
    }

    fn succeed(&mut self, now: Timestamp, term: Term, next: Option<TabId>, out: &mut Vec<Ballot>) {
        match self.state {
            State::Following(_) if term == self.term => {}
            State::Asking(_) if term.number >= self.term.number => self.term = term,
            State::Following(_) | State::Asking(_) | State::Leading { .. } | State::Away => return,
        }
        if next.is_none_or(|next| next == self.me) {
            self.claim(now, out);
        } else {
            self.state = State::Asking(Pending::new(now, SUCCEED_WITHIN));
        }
    }

    /// The leader has shown that it is there.
    pub fn note_leader(&mut self, now: Timestamp, from: TabId) {
        if matches!(self.state, State::Following(_)) && self.term.leader == from {
            self.state = State::Following(Check::At(now + CHECK_EVERY));
        }
    }

    /// Checks on the leader, because it should have done something and may be gone, or because the person
    /// returned to this tab.
    pub fn doubt(&mut self, now: Timestamp, out: &mut Vec<Ballot>) {
        match self.state {
            State::Following(Check::At(_)) => {
                self.state = State::Following(Check::Asked(Pending::new(now, ANSWER_WITHIN)));
                out.push(Ballot::Ask);
            }
            State::Leading { .. } => self.say(now, out),
            State::Following(Check::Asked(_)) | State::Asking(_) | State::Away => {}
        }
    }

    /// When [`Election::due`] must be called.
    pub const fn next_deadline(&self) -> Option<Timestamp> {
        match self.state {
            State::Away => None,
            State::Asking(pending) | State::Following(Check::Asked(pending)) => Some(pending.until),
            State::Leading { say_again: at } | State::Following(Check::At(at)) => Some(at),
        }
    }

    /// Does what is due at this time.
    pub fn due(&mut self, now: Timestamp, out: &mut Vec<Ballot>) {
        if self.next_deadline().is_none_or(|at| now < at) {
            return;
        }
        match self.state {
            State::Away => {}
            State::Leading { .. } => self.say(now, out),
            State::Following(Check::At(_)) => self.doubt(now, out),
            State::Asking(pending) | State::Following(Check::Asked(pending)) => {
                if pending.is_second || now.since(pending.until) < LATE {
                    self.claim(now, out);
                    self.is_unasked = true;
                    return;
                }
                let again = Pending { until: now + ANSWER_WITHIN, is_second: true };
                self.state = match self.state {
                    State::Asking(_) => State::Asking(again),
                    _ => State::Following(Check::Asked(again)),
                };
                out.push(Ballot::Ask);
            }
        }
    }

    /// Takes the lead, whoever led before.
    pub fn claim(&mut self, now: Timestamp, out: &mut Vec<Ballot>) {
        self.term = Term { number: self.term.number + 1, leader: self.me };
        self.is_unasked = false;
        self.say(now, out);
    }

    fn say(&mut self, now: Timestamp, out: &mut Vec<Ballot>) {
        self.state = State::Leading { say_again: now + CHECK_EVERY };
        out.push(Ballot::Lead(self.term));
    }
}

#[cfg(test)]
mod tests;
