//! A socket that the delivery and the connection's task share: what it has not taken yet, and what there is to
//! do on it.
//!
//! The thread that releases a batch writes to the socket itself, with [`SharedSocket::send`]. The task only
//! sends what a full socket did not take. Nothing here knows TLS, framing or tokio. `tests/shared_socket.rs` is a
//! model of it.

use std::{
    future::poll_fn,
    io,
    sync::{Arc, PoisonError},
    task::{Context, Poll},
};

use bytes::{Buf, Bytes};
use parla_server::limits::{LINES_WAITING_BYTES_MAX, line_memory};

use crate::net::{
    send_queue::{SendQueue, SendQueueTotals},
    sync::{AtomicBool, AtomicU32, AtomicWaker, Mutex, MutexGuard, Ordering},
};

/// What is needed of a socket, with the meaning that it has for tokio's sockets.
pub(crate) trait Socket {
    /// Writes as much as fits, without waiting.
    ///
    /// # Errors
    /// Nothing fits (`WouldBlock`), or the connection is broken.
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Whether a write may succeed. If not, the task is woken when one may.
    fn poll_write_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Whether a read may succeed. If not, the task is woken when one may.
    fn poll_read_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<()>>;
}

/// A socket, and what is waiting for it.
#[derive(Debug)]
pub(crate) struct SharedSocket<S> {
    pub(crate) socket: S,
    /// Bytes of memory for lines that were given to the hub and not handled yet.
    unanswered: AtomicU32,
    /// Set when the server has finished with the connection.
    closing: AtomicBool,
    waker: AtomicWaker,
    /// What the socket did not take; `None` as long as it takes everything.
    queue: Mutex<Option<Box<SendQueue>>>,
    totals: Arc<SendQueueTotals>,
}

/// What there is to do on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    Read,
    Write,
    Exceeded,
    Closing,
    Broken,
}

impl<S: Socket> SharedSocket<S> {
    pub(crate) fn new(socket: S, totals: &Arc<SendQueueTotals>) -> Self {
        Self {
            socket,
            unanswered: AtomicU32::new(0),
            closing: AtomicBool::new(false),
            waker: AtomicWaker::new(),
            queue: Mutex::new(None),
            totals: Arc::clone(totals),
        }
    }

    /// Whether the server has finished with the connection.
    fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Sends bytes: with a write now, or after those that are waiting already. After the last ones, nothing is
    /// sent.
    ///
    /// `keep` makes the bytes live longer; it is only called if the socket does not take all of them.
    pub(crate) fn send(&self, bytes: &[u8], keep: impl FnOnce() -> Bytes) {
        let mut queue = self.queue();
        if !self.is_closing() {
            self.write_or_keep(&mut queue, bytes, keep);
        }
    }

    /// Sends the last bytes, if there are any, and ends the connection once everything has been sent.
    pub(crate) fn close_with(&self, last: &[u8]) {
        let mut queue = self.queue();
        if !last.is_empty() {
            self.write_or_keep(&mut queue, last, || Bytes::copy_from_slice(last));
        }
        // This happens under the lock, so that nobody else can send between the last bytes and the end.
        self.closing.store(true, Ordering::Release);
        drop(queue);
        self.waker.wake();
    }

    fn write_or_keep(&self, queue: &mut Option<Box<SendQueue>>, bytes: &[u8], keep: impl FnOnce() -> Bytes) {
        if let Some(queue) = queue {
            queue.push(keep());
            if queue.is_exceeded() {
                self.waker.wake();
            }
            return;
        }
        let written = match self.socket.try_write(bytes) {
            Ok(written) if written == bytes.len() => return,
            Ok(written) => written,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
            // The task will read the same error and end the connection.
            Err(_) => return,
        };
        let mut waiting = SendQueue::new(&self.totals);
        let mut rest = keep();
        rest.advance(written);
        waiting.push(rest);
        *queue = Some(Box::new(waiting));
        self.waker.wake();
    }

    /// Whether everything has been sent. Otherwise [`Self::flush`] says when it has.
    pub(crate) fn is_sent_or_will_tell(&self) -> bool {
        self.queue().as_mut().map(|queue| queue.tell_when_sent()).is_none()
    }

    /// Notes that a line is given to the hub.
    pub(crate) fn line_given(&self, bytes: usize) {
        self.unanswered.fetch_add(line_memory(bytes), Ordering::AcqRel);
    }

    /// Notes that a line was handled; if too much was waiting, reading resumes.
    pub(crate) fn line_taken(&self, bytes: usize) {
        let before = self.unanswered.fetch_sub(line_memory(bytes), Ordering::AcqRel);
        if before >= LINES_WAITING_BYTES_MAX {
            self.waker.wake();
        }
    }

    /// What to do next. We stop reading from a client that does not read from us, so that its answers cannot
    /// pile up.
    pub(crate) fn poll_turn(&self, context: &mut Context<'_>, has_ended: bool) -> Poll<Turn> {
        // Whatever changes after one of the looks below wakes the task again.
        self.waker.register(context.waker());
        if self.is_closing() {
            return Poll::Ready(Turn::Closing);
        }
        if let Some(queue) = self.queue().as_ref() {
            if queue.is_exceeded() {
                return Poll::Ready(Turn::Exceeded);
            }
            let ready = self.socket.poll_write_ready(context);
            return ready.map(|ready| ready.map_or(Turn::Broken, |()| Turn::Write));
        }
        if self.is_held_back(has_ended) {
            return Poll::Pending;
        }
        match self.socket.poll_read_ready(context) {
            Poll::Ready(Ok(())) => Poll::Ready(Turn::Read),
            Poll::Ready(Err(_)) => Poll::Ready(Turn::Broken),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Whether reading from the client is suspended now.
    pub(crate) fn is_held_back(&self, has_ended: bool) -> bool {
        has_ended || self.unanswered.load(Ordering::Acquire) >= LINES_WAITING_BYTES_MAX
    }

    /// Writes what is waiting until the socket is full again. Returns whether everything has been sent now
    /// and the hub wants to know it.
    ///
    /// # Errors
    /// The connection is broken.
    pub(crate) fn flush(&self) -> io::Result<bool> {
        let mut guard = self.queue();
        let Some(queue) = guard.as_mut() else { return Ok(false) };
        if queue.is_exceeded() {
            // It became too long since the turn to write, and the next turn must show that.
            return Ok(false);
        }
        while let Some(front) = queue.front() {
            match self.socket.try_write(front) {
                Ok(written) => queue.advance(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(guard.take().is_some_and(|queue| queue.must_tell()))
    }

    /// Sends what is left after the server has finished with the connection. If too much was waiting, nothing is
    /// left.
    ///
    /// # Errors
    /// The connection is broken.
    pub(crate) async fn send_rest(&self) -> io::Result<()> {
        while self.queue().as_ref().is_some_and(|queue| !queue.is_exceeded()) {
            poll_fn(|context| self.socket.poll_write_ready(context)).await?;
            self.flush()?;
        }
        Ok(())
    }

    fn queue(&self) -> MutexGuard<'_, Option<Box<SendQueue>>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
