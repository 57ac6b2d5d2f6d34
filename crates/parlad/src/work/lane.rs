//! One kind of slow work: its waiting questions, and the threads that take them.
//!
//! Asking never blocks. Each kind has its own threads, so that much work of one kind does not delay another.

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
    /// The id to return with the answer.
    pub(crate) id: QuestionId,
    /// The address of the client that asks.
    pub(crate) address: IpAddr,
    /// The block that counts as one address when they take turns.
    pub(crate) from: AddressBlock,
    /// It is weak, so that a client that has gone takes no slot and no socket while its question waits.
    pub(crate) connection: Weak<Connection>,
    /// The work to do.
    pub(crate) task: T,
}

/// What a thread does next.
#[derive(Debug)]
pub(super) enum Next<T> {
    /// Answer this.
    Answer(Job<T>),
    /// Answer that there was no room for this.
    Refuse(Job<T>),
    /// Nothing was asked for a while.
    Rest,
    /// End, because nobody will ask any more.
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
    /// Questions for which there was no room. A session waits for one answer at a time, so there is at most
    /// one for each.
    without_room: Vec<Job<T>>,
    is_closed: bool,
}

impl<T> Lane<T> {
    /// A lane in which this many questions may wait.
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

    /// Drops a question that nobody waits for any more, if it is still here.
    pub(super) fn forget(&self, id: QuestionId) {
        let mut waiting = self.waiting();
        waiting.queue.forget(id);
        waiting.without_room.retain(|job| job.id != id);
    }

    /// Notes that a wrong password came from this address.
    pub(super) fn distrust(&self, from: AddressBlock) {
        self.waiting().queue.distrust(from);
    }

    /// Ends the threads of this lane.
    pub(super) fn close(&self) {
        self.waiting().is_closed = true;
        self.something_waits.notify_all();
    }

    /// Waits for something to do; after this long without a question, returns [`Next::Rest`].
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
