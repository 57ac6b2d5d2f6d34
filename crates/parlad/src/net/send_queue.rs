//! Bytes that wait for a full socket, limited per connection and for all connections together.
//!
//! A connection that exceeds its limit must be closed, which is up to the connection.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::{Buf, Bytes};

/// How much waits in all send queues together, and how much may.
#[derive(Debug)]
pub(crate) struct SendQueueTotals {
    /// Bytes that may wait for one connection.
    each_max: usize,
    /// Bytes that may wait in all queues before those with more than an equal share are closed.
    total_max: usize,
    bytes: AtomicUsize,
    queues: AtomicUsize,
}

impl SendQueueTotals {
    /// No queues, with these limits in bytes.
    pub(crate) fn new(each_max: usize, total_max: usize) -> Arc<Self> {
        Arc::new(Self { each_max, total_max, bytes: AtomicUsize::new(0), queues: AtomicUsize::new(0) })
    }

    /// Bytes that wait in all queues.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Whether there is no queue.
    #[cfg(test)]
    pub(crate) fn are_none(&self) -> bool {
        self.bytes() == 0 && self.queues.load(Ordering::Relaxed) == 0
    }

    /// Whether a queue of this many bytes is too long.
    fn is_too_long(&self, bytes: usize) -> bool {
        let share = || self.total_max / self.queues.load(Ordering::Relaxed).max(1);
        bytes > self.each_max || (self.bytes.load(Ordering::Relaxed) > self.total_max && bytes > share())
    }
}

/// Bytes that a socket has not taken yet.
#[derive(Debug)]
pub(crate) struct SendQueue {
    totals: Arc<SendQueueTotals>,
    buffers: VecDeque<Bytes>,
    bytes: usize,
    is_exceeded: bool,
    /// Whether the hub must be told when everything has been sent.
    must_tell: bool,
}

impl SendQueue {
    /// An empty queue.
    pub(crate) fn new(totals: &Arc<SendQueueTotals>) -> Self {
        totals.queues.fetch_add(1, Ordering::Relaxed);
        let buffers = VecDeque::new();
        Self { totals: Arc::clone(totals), buffers, bytes: 0, is_exceeded: false, must_tell: false }
    }

    /// Whether it became too long, in which case it holds nothing any more.
    pub(crate) const fn is_exceeded(&self) -> bool {
        self.is_exceeded
    }

    pub(crate) fn push(&mut self, bytes: Bytes) {
        if self.is_exceeded {
            return;
        }
        self.bytes += bytes.len();
        self.totals.bytes.fetch_add(bytes.len(), Ordering::Relaxed);
        self.buffers.push_back(bytes);
        if self.totals.is_too_long(self.bytes) {
            // Nobody will read these bytes, and their memory is needed.
            self.clear();
            self.is_exceeded = true;
        }
    }

    /// The bytes to send next.
    pub(crate) fn front(&self) -> Option<&Bytes> {
        self.buffers.front()
    }

    /// Removes bytes that were sent.
    pub(crate) fn advance(&mut self, count: usize) {
        self.bytes -= count;
        self.totals.bytes.fetch_sub(count, Ordering::Relaxed);
        let Some(front) = self.buffers.front_mut() else { return };
        front.advance(count);
        if front.is_empty() {
            self.buffers.pop_front();
        }
    }

    /// Asks that the hub be told when everything has been sent.
    pub(crate) const fn tell_when_sent(&mut self) {
        self.must_tell = true;
    }

    /// Whether the hub must be told, now that everything has been sent.
    pub(crate) const fn must_tell(&self) -> bool {
        self.must_tell
    }

    fn clear(&mut self) {
        self.buffers = VecDeque::new();
        self.totals.bytes.fetch_sub(std::mem::take(&mut self.bytes), Ordering::Relaxed);
    }
}

impl Drop for SendQueue {
    fn drop(&mut self) {
        self.clear();
        self.totals.queues.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(queue: &mut SendQueue, count: usize) {
        queue.push(Bytes::from(vec![b'x'; count]));
    }

    #[test]
    fn each_is_bounded() {
        let totals = SendQueueTotals::new(100, 1_000);
        let mut queue = SendQueue::new(&totals);
        push(&mut queue, 100);
        assert!(!queue.is_exceeded());
        queue.advance(60);
        push(&mut queue, 60);
        assert!(!queue.is_exceeded());
        push(&mut queue, 1);
        assert!(queue.is_exceeded() && queue.front().is_none());
        assert_eq!(totals.bytes(), 0);
    }

    #[test]
    fn all_together_are_bounded_and_those_with_little_stay() {
        let totals = SendQueueTotals::new(100, 250);
        let mut small = SendQueue::new(&totals);
        push(&mut small, 10);
        let mut large: Vec<SendQueue> = (0..5).map(|_| SendQueue::new(&totals)).collect();
        for queue in &mut large {
            for _ in 0..9 {
                push(queue, 10);
            }
        }
        push(&mut small, 10);
        let exceeded = large.iter().filter(|queue| queue.is_exceeded()).count();
        assert!(exceeded >= 2 && !small.is_exceeded(), "{exceeded}");
        assert!(totals.bytes() <= 250);
        drop((large, small));
        assert!(totals.are_none());
    }
}
