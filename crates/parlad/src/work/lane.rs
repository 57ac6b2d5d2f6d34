//! One kind of slow work: what waits for it, and the threads that take from there.
//!
//! Whoever asks never waits here. Each kind has threads of its own, so that much work of one kind keeps no other one waiting.

use std::{
    net::IpAddr,
    sync::{Condvar, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use parla_server::{AddressBlock, QuestionId};

use super::queue::{Queue, Standing};
use crate::net::connection::Connection;

/// A question for a worker.
#[derive(Debug)]
pub(crate) struct Job<T> {
    /// Comes back with the answer.
    pub(crate) id: QuestionId,
    /// Who asks.
    pub(crate) address: IpAddr,
    /// What counts as one address when they take turns.
    pub(crate) from: AddressBlock,
    /// Weak, so that a client that has gone takes no place and no socket while its question waits.
    pub(crate) connection: Weak<Connection>,
    /// What is to be done.
    pub(crate) task: T,
}

/// What a thread does next.
#[derive(Debug)]
pub(super) enum Next<T> {
    /// Answer this.
    Answer(Job<T>),
    /// Say that there was no room for this.
    Refuse(Job<T>),
    /// Nothing was asked for a while.
    Rest,
    /// End: nobody will ask any more.
    End,
}

/// The questions of one kind.
#[derive(Debug)]
pub(super) struct Lane<T> {
    waiting: Mutex<Waiting<T>>,
    something_waits: Condvar,
}

#[derive(Debug)]
struct Waiting<T> {
    queue: Queue<Job<T>>,
    /// Those for whom there was no room. A session waits for one answer at a time, so there is one for each at most.
    without_room: Vec<Job<T>>,
    is_closed: bool,
}

impl<T> Lane<T> {
    /// A lane in which so many may wait.
    pub(super) fn new(most: usize) -> Self {
        let waiting = Waiting { queue: Queue::new(most), without_room: Vec::new(), is_closed: false };
        Self { waiting: Mutex::new(waiting), something_waits: Condvar::new() }
    }

    /// Adds a question.
    pub(super) fn add(&self, standing: Standing, job: Job<T>) {
        let mut waiting = self.waiting();
        if let Err(job) = waiting.queue.push(job.from, standing, job.id, job) {
            waiting.without_room.push(job);
        }
        drop(waiting);
        self.something_waits.notify_one();
    }

    /// Drops a question that nobody waits for any more, if it is here.
    pub(super) fn forget(&self, id: QuestionId) {
        let mut waiting = self.waiting();
        waiting.queue.forget(id);
        waiting.without_room.retain(|job| job.id != id);
    }

    /// A wrong password came from this address.
    pub(super) fn distrust(&self, from: AddressBlock) {
        self.waiting().queue.distrust(from);
    }

    /// Ends the threads that take from here.
    pub(super) fn close(&self) {
        self.waiting().is_closed = true;
        self.something_waits.notify_all();
    }

    /// Waits for something to do; but after so long without a question gives [`Next::Rest`].
    pub(super) fn next(&self, patience: Duration) -> Next<T> {
        let mut waiting = self.waiting();
        loop {
            if waiting.is_closed {
                return Next::End;
            }
            if let Some(job) = waiting.without_room.pop() {
                return Next::Refuse(job);
            }
            if let Some((_, job)) = waiting.queue.pop() {
                return Next::Answer(job);
            }
            let woken = self.something_waits.wait_timeout(waiting, patience);
            let timeout;
            (waiting, timeout) = woken.unwrap_or_else(PoisonError::into_inner);
            if timeout.timed_out() {
                return Next::Rest;
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting<T>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
