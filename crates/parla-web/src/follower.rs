//! A tab that does not lead and shows what the leading one does.
//!
//! It asks for news itself, when the leader announces some or has something due: its own timers work while
//! the person looks at it, whereas those of the leader may be slowed down.

use std::time::Duration;

use parla_client::tabs::{Delivery, Replica, TabId, TabMessage, Term};
use parla_proto::Timestamp;

use crate::{channel::Post, interface::Interface, page};

/// The shortest pause between two requests.
const PULL_EVERY: Duration = Duration::from_millis(90);
/// An answer that takes longer than this will not come.
const TOLD_WITHIN: Duration = Duration::from_secs(2);

/// A tab that follows.
pub(crate) struct Follower {
    term: Term,
    replica: Replica,
    /// Whether the interface shows what this leader has.
    is_fed: bool,
    /// When it asked for news, while the answer is outstanding.
    pulled_at: Option<Timestamp>,
    told_at: Timestamp,
    /// Whether news was announced that it has not asked for yet.
    is_called: bool,
    /// When the leader wants to be woken.
    due: Option<Timestamp>,
}

/// What the interface has just been told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    /// Whether the interface shows everything from now on.
    pub(crate) is_whole: bool,
    /// The number of the last command of this tab that was carried out.
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

    /// The term of the leader that it follows.
    pub(crate) const fn term(&self) -> Term {
        self.term
    }

    /// The tab that leads.
    pub(crate) const fn leader(&self) -> TabId {
        self.term.leader
    }

    /// Whether the interface shows what this leader has, in its ids.
    pub(crate) const fn is_fed(&self) -> bool {
        self.is_fed
    }

    /// The leader announces news.
    pub(crate) const fn called(&mut self) {
        self.is_called = true;
    }

    /// The leader has sent a delivery.
    pub(crate) fn told(
        &mut self,
        (delivery, due): (Delivery, Option<Timestamp>),
        interface: &mut Interface,
    ) -> Told {
        self.pulled_at = None;
        self.told_at = page::now();
        self.due = due;
        let Some(arrived) = self.replica.apply(delivery) else {
            self.is_called = true;
            return Told { is_whole: false, done: None };
        };
        if arrived.is_whole {
            interface.tell_whole(arrived.updates);
            // This tab held this back while it was leading.
            interface.release();
            self.is_fed = true;
        } else {
            interface.tell(arrived.updates);
        }
        Told { is_whole: arrived.is_whole, done: arrived.done }
    }

    /// Asks for news if it is time. Returns true if the leader has not answered the last request.
    pub(crate) fn pull(&mut self, now: Timestamp, post: &Post) -> bool {
        let is_late = self.pulled_at.is_some_and(|at| now.since(at) >= TOLD_WITHIN);
        let is_due = self.due.is_some_and(|at| at <= now && page::is_visible());
        let may = self.pulled_at.is_none() && (now.since(self.told_at) >= PULL_EVERY || now < self.told_at);
        if is_late || (may && (self.is_called || is_due)) {
            self.pulled_at = Some(now);
            self.is_called = false;
            self.due = None;
            let pull = TabMessage::Pull { term: self.term.number, had: self.replica.had() };
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
