//! Which tab leads. A state machine: votes of other tabs and time in, votes out.
//!
//! A tab that comes asks who leads, and the leader answers at once. Nothing rests on the timers of a tab in the background, which
//! browsers slow down: the leader only ever answers. Two tabs may lead at the same moment, if votes are late or a tab was frozen;
//! as soon as one hears of the other, the one with the lower [`Term`] steps down.

use std::time::Duration;

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

/// How long the leader may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);
/// How long the successor that a leader named may take to say that it leads.
const SUCCEED_WITHIN: Duration = Duration::from_millis(500);
/// How often a tab that follows looks whether its leader is still there, and a leader says that it leads.
const CHECK_EVERY: Duration = Duration::from_secs(30);
/// A timer that is so late says nothing: the tab was frozen, and answers may be waiting behind it.
const LATE: Duration = Duration::from_secs(1);

/// One tab, by a number that is drawn when its page is loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TabId(pub u64);

/// The time in which a tab leads. The greatest counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Term {
    /// Counts up.
    pub number: u64,
    /// Who leads.
    pub leader: TabId,
}

/// What tabs say to each other about who leads. Tabs of all builds must understand it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ballot {
    /// Who leads?
    Ask,
    /// I lead.
    Lead(Term),
    /// I lead no longer; this one shall.
    Leave(Term, Option<TabId>),
}

/// What a tab is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Its page is not in use: it was left, or is frozen.
    Away,
    /// It does not know yet.
    Asking,
    /// It has the connection.
    Leading(Term),
    /// Another one has it.
    Following(Term),
}

/// What the browser keeps for tabs to come: the last term, and whether it has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// The number of the last term.
    pub number: u64,
    /// Its leader did not say that it left.
    pub is_led: bool,
}

impl Mark {
    /// As it is kept.
    pub fn to_text(self) -> String {
        format!("{}{}", self.number, if self.is_led { " led" } else { "" })
    }

    /// Reads what [`Mark::to_text`] wrote; of anything else, that nobody has led yet.
    pub fn from_text(text: &str) -> Self {
        let (number, is_led) = text.strip_suffix(" led").map_or((text, false), |number| (number, true));
        number.parse().map_or_else(|_| Self::default(), |number| Self { number, is_led })
    }
}

/// Which tab leads, as one of them sees it.
#[derive(Debug)]
pub struct Election {
    me: TabId,
    /// The one that counts, as far as is known.
    term: Term,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Away,
    Asking(Question),
    Leading { say_again: Timestamp },
    Following(Check),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    At(Timestamp),
    Asked(Question),
}

/// A question that waits for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Question {
    until: Timestamp,
    /// It was asked again because the first time told nothing.
    is_second: bool,
}

impl Question {
    fn new(now: Timestamp, within: Duration) -> Self {
        Self { until: now + within, is_second: false }
    }
}

impl Election {
    /// Of a tab that is not in use yet.
    pub const fn new(me: TabId) -> Self {
        Self { me, term: Term { number: 0, leader: TabId(0) }, state: State::Away }
    }

    /// Which tab this is.
    pub const fn me(&self) -> TabId {
        self.me
    }

    /// What this tab is.
    pub const fn role(&self) -> Role {
        match self.state {
            State::Away => Role::Away,
            State::Asking(_) => Role::Asking,
            State::Leading { .. } => Role::Leading(self.term),
            State::Following(_) => Role::Following(self.term),
        }
    }

    /// What is to be kept for tabs to come, by a tab that leads or has just left.
    pub const fn mark(&self) -> Mark {
        Mark { number: self.term.number, is_led: matches!(self.state, State::Leading { .. }) }
    }

    /// The page is in use from now on, for the first time or again.
    pub fn arrive(&mut self, now: Timestamp, mark: Mark, out: &mut Vec<Ballot>) {
        if self.state != State::Away {
            return;
        }
        self.term = Term { number: self.term.number.max(mark.number), leader: TabId(0) };
        if mark.is_led {
            self.state = State::Asking(Question::new(now, ANSWER_WITHIN));
            out.push(Ballot::Ask);
        } else {
            self.claim(now, out);
        }
    }

    /// The page is left, or will be frozen. `next` is the tab that shall lead, if this one did.
    pub fn leave(&mut self, next: Option<TabId>, out: &mut Vec<Ballot>) {
        if matches!(self.state, State::Leading { .. }) {
            out.push(Ballot::Leave(self.term, next));
        }
        self.state = State::Away;
    }

    /// Another tab said something.
    pub fn hear(&mut self, now: Timestamp, from: TabId, ballot: Ballot, out: &mut Vec<Ballot>) {
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
            self.state = State::Asking(Question::new(now, SUCCEED_WITHIN));
        }
    }

    /// The leader has shown that it is there.
    pub fn heard_leader(&mut self, now: Timestamp, from: TabId) {
        if matches!(self.state, State::Following(_)) && self.term.leader == from {
            self.state = State::Following(Check::At(now + CHECK_EVERY));
        }
    }

    /// The leader ought to have done something. Perhaps it is not there any more. Also when the person comes back to a tab.
    pub fn doubt(&mut self, now: Timestamp, out: &mut Vec<Ballot>) {
        match self.state {
            State::Following(Check::At(_)) => {
                self.state = State::Following(Check::Asked(Question::new(now, ANSWER_WITHIN)));
                out.push(Ballot::Ask);
            }
            State::Leading { .. } => self.say(now, out),
            State::Following(Check::Asked(_)) | State::Asking(_) | State::Away => {}
        }
    }

    /// When [`Election::due`] is to be called.
    pub const fn next_deadline(&self) -> Option<Timestamp> {
        match self.state {
            State::Away => None,
            State::Asking(question) | State::Following(Check::Asked(question)) => Some(question.until),
            State::Leading { say_again: at } | State::Following(Check::At(at)) => Some(at),
        }
    }

    /// The time has come.
    pub fn due(&mut self, now: Timestamp, out: &mut Vec<Ballot>) {
        if self.next_deadline().is_none_or(|at| now < at) {
            return;
        }
        match self.state {
            State::Away => {}
            State::Leading { .. } => self.say(now, out),
            State::Following(Check::At(_)) => self.doubt(now, out),
            State::Asking(question) | State::Following(Check::Asked(question)) => {
                if question.is_second || now.since(question.until) < LATE {
                    return self.claim(now, out);
                }
                let again = Question { until: now + ANSWER_WITHIN, is_second: true };
                self.state = match self.state {
                    State::Asking(_) => State::Asking(again),
                    _ => State::Following(Check::Asked(again)),
                };
                out.push(Ballot::Ask);
            }
        }
    }

    /// Leads from now on, whoever did before.
    pub fn claim(&mut self, now: Timestamp, out: &mut Vec<Ballot>) {
        self.term = Term { number: self.term.number + 1, leader: self.me };
        self.say(now, out);
    }

    fn say(&mut self, now: Timestamp, out: &mut Vec<Ballot>) {
        self.state = State::Leading { say_again: now + CHECK_EVERY };
        out.push(Ballot::Lead(self.term));
    }
}

#[cfg(test)]
mod tests;
