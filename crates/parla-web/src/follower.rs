//! A tab that does not lead: it shows what the leading one does.
//!
//! It asks for what is new itself, when the leader calls or is due: its timers go as they should while the person looks at it,
//! and those of the leader may not.

use std::time::Duration;

use parla_client::tabs::{Delivery, Message, Replica, TabId, Term};
use parla_proto::Timestamp;

use crate::{channel::Post, interface::Interface, page};

/// It asks so often at most.
const PULL_EVERY: Duration = Duration::from_millis(90);
/// An answer that has not come after so long will not come.
const TOLD_WITHIN: Duration = Duration::from_secs(2);

/// A tab that follows.
pub(crate) struct Follower {
    term: Term,
    replica: Replica,
    /// The interface shows what this leader does.
    is_fed: bool,
    /// When it asked for what is new, while the answer has not come.
    pulled_at: Option<Timestamp>,
    told_at: Timestamp,
    /// It was called, and has not asked yet.
    is_called: bool,
    /// When the leader wants to be woken.
    due: Option<Timestamp>,
}

/// What the interface has been told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    /// It shows everything since.
    pub(crate) is_whole: bool,
    /// What this tab wanted is carried out up to this number.
    pub(crate) done: Option<u64>,
}

impl Follower {
    pub(crate) fn new(term: Term) -> Self {
        Self {
            term,
            replica: Replica::default(),
            is_fed: false,
            pulled_at: None,
            told_at: Timestamp::from_millis(0),
            is_called: true,
            due: None,
        }
    }

    /// Whom it follows.
    pub(crate) const fn term(&self) -> Term {
        self.term
    }

    /// The tab that leads.
    pub(crate) const fn leader(&self) -> TabId {
        self.term.leader
    }

    /// Whether the interface shows what this leader does, in its numbers.
    pub(crate) const fn is_fed(&self) -> bool {
        self.is_fed
    }

    /// The leader has something new.
    pub(crate) const fn called(&mut self) {
        self.is_called = true;
    }

    /// The leader told something.
    pub(crate) fn told(
        &mut self,
        (delivery, due): (Delivery, Option<Timestamp>),
        interface: &mut Interface,
    ) -> Told {
        self.pulled_at = None;
        self.told_at = page::now();
        self.due = due;
        let Some(arrived) = self.replica.take(delivery) else {
            self.is_called = true;
            return Told { is_whole: false, done: None };
        };
        if arrived.is_whole {
            interface.tell_whole(arrived.updates);
            // What this tab held back while it led itself.
            interface.release();
            self.is_fed = true;
        } else {
            interface.tell(arrived.updates);
        }
        Told { is_whole: arrived.is_whole, done: arrived.done }
    }

    /// Asks for what is new, if it is time. True if the leader has not answered the last time.
    pub(crate) fn pull(&mut self, now: Timestamp, post: &Post) -> bool {
        let is_late = self.pulled_at.is_some_and(|at| now.since(at) >= TOLD_WITHIN);
        let is_due = self.due.is_some_and(|at| at <= now && page::is_visible());
        let may = self.pulled_at.is_none() && (now.since(self.told_at) >= PULL_EVERY || now < self.told_at);
        if is_late || (may && (self.is_called || is_due)) {
            self.pulled_at = Some(now);
            self.is_called = false;
            self.due = None;
            let pull = Message::Pull { term: self.term.number, had: self.replica.had() };
            post.send(Some(self.leader()), &pull);
        }
        is_late
    }

    /// When it wants to be woken.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        if let Some(at) = self.pulled_at {
            return Some(at + TOLD_WITHIN);
        }
        let called = self.is_called.then(|| self.told_at + PULL_EVERY);
        let due = self.due.filter(|_| page::is_visible());
        [called, due].into_iter().flatten().min()
    }
}
