//! The shared part of a connection: outgoing bytes, and what there is to do on it.
//!
//! The thread that releases a batch writes to the socket itself, with [`Connection::send`]. The connection's
//! own task only sends what a full socket did not take. An idle connection has no buffer.

use std::{
    future::poll_fn,
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU16, AtomicU32, Ordering},
    },
    task::{Context, Poll},
};

use bytes::{Buf, Bytes};
use futures_util::task::AtomicWaker;
use parla_server::limits::{LINES_WAITING_BYTES_MAX, line_memory};
use rustix::net::RecvFlags;
use tokio::{io::Interest, net::TcpStream};
use tungstenite::protocol::frame::coding::CloseCode;

use crate::net::{
    admission::Permit,
    framing::Framing,
    send_queue::{SendQueue, SendQueues},
    stream::Stream,
    tls::Tls,
};

/// A socket that is shared by its task and the delivery.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(super) socket: TcpStream,
    /// `None` if the connection is not encrypted.
    pub(super) tls: Option<Box<Tls>>,
    framing: Framing,
    /// The code with which a WebSocket is closed.
    pub(super) close_code: AtomicU16,
    /// Bytes of memory for lines that were given to the hub and not handled yet.
    pub(super) unanswered: AtomicU32,
    /// Set when the server has finished with the connection.
    closing: AtomicBool,
    waker: AtomicWaker,
    /// What the socket did not take; `None` as long as it takes everything.
    queue: Mutex<Option<Box<SendQueue>>>,
    queues: Arc<SendQueues>,
    permit: Permit,
}

/// What there is to do on a connection.
#[derive(Clone, Copy, Debug)]
pub(super) enum Turn {
    Read,
    Write,
    Exceeded,
    Closing,
    Broken,
}

impl Connection {
    pub(crate) fn new(stream: Stream, framing: Framing, queues: &Arc<SendQueues>, permit: Permit) -> Self {
        let (socket, tls) = stream.into_parts();
        Self {
            socket,
            tls,
            framing,
            close_code: AtomicU16::new(CloseCode::Normal.into()),
            unanswered: AtomicU32::new(0),
            closing: AtomicBool::new(false),
            waker: AtomicWaker::new(),
            queue: Mutex::new(None),
            queues: Arc::clone(queues),
            permit,
        }
    }

    /// How lines must be framed before they are sent.
    pub(crate) const fn framing(&self) -> Framing {
        self.framing
    }

    /// Whether the server has finished with it, so that no result of slow work is needed for it any more.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// The connection's count in the admission.
    pub(crate) const fn permit(&self) -> &Permit {
        &self.permit
    }

    /// Sends bytes: with a write now, or after those that are waiting already.
    ///
    /// `keep` makes the bytes live longer; it is only called if the socket does not take all of them.
    pub(crate) fn send(&self, bytes: &[u8], keep: impl FnOnce() -> Bytes) {
        match &self.tls {
            None => self.send_as_it_is(bytes, keep),
            Some(tls) => tls.seal(bytes, |sealed| self.send_sealed(sealed)),
        }
    }

    pub(super) fn send_sealed(&self, bytes: &[u8]) {
        self.send_as_it_is(bytes, || Bytes::copy_from_slice(bytes));
    }

    fn send_as_it_is(&self, bytes: &[u8], keep: impl FnOnce() -> Bytes) {
        let mut queue = self.queue();
        if let Some(queue) = queue.as_mut() {
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
        let mut waiting = SendQueue::new(&self.queues);
        let mut rest = keep();
        rest.advance(written);
        waiting.push(rest);
        *queue = Some(Box::new(waiting));
        self.waker.wake();
    }

    pub(super) fn send_all_of(&self, bytes: &mut Vec<u8>) {
        if !bytes.is_empty() {
            self.send(bytes, || Bytes::copy_from_slice(bytes));
            bytes.clear();
        }
    }

    /// Whether everything has been sent. Otherwise the hub is told when it has.
    pub(crate) fn is_sent_or_will_tell(&self) -> bool {
        self.queue().as_mut().map(|queue| queue.tell_when_sent()).is_none()
    }

    /// Notes that a line was handled; if too much was waiting, reading resumes.
    pub(crate) fn line_taken(&self, bytes: usize) {
        let before = self.unanswered.fetch_sub(line_memory(bytes), Ordering::AcqRel);
        if before >= LINES_WAITING_BYTES_MAX {
            self.waker.wake();
        }
    }

    /// Ends the connection once everything has been sent. On a WebSocket, that requires another frame.
    pub(crate) fn close(&self) {
        self.send_all_of(&mut self.framing.goodbye(self.close_code.load(Ordering::Acquire).into(), ""));
        if let Some(tls) = &self.tls {
            tls.close(|sealed| self.send_sealed(sealed));
        }
        self.closing.store(true, Ordering::Release);
        self.waker.wake();
    }

    pub(super) fn queue(&self) -> MutexGuard<'_, Option<Box<SendQueue>>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What to do next. We stop reading from a client that does not read from us, so that its answers cannot
    /// pile up.
    pub(super) fn poll_turn(&self, context: &mut Context<'_>, has_ended: bool) -> Poll<Turn> {
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
    pub(super) fn is_held_back(&self, has_ended: bool) -> bool {
        has_ended || self.unanswered.load(Ordering::Acquire) >= LINES_WAITING_BYTES_MAX
    }

    /// What to do for a client while reading is suspended. A reset of the connection is still noticed,
    /// because handling the client's lines can take minutes; a client that has only closed its own side may
    /// still read.
    pub(super) async fn held_back_turn(&self, has_ended: bool) -> Turn {
        tokio::select! {
            turn = poll_fn(|context| self.poll_turn(context, has_ended)) => turn,
            _ = self.socket.ready(Interest::ERROR) => Turn::Broken,
        }
    }

    /// Reads once. If the read does not fill the buffer, the socket is empty; we tell tokio so, which saves a
    /// second read that would find nothing.
    pub(super) fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut received = 0;
        let result = self.socket.try_io(Interest::READABLE, || {
            received = rustix::net::recv(&self.socket, &mut *buffer, RecvFlags::empty())?.0;
            let emptied = received > 0 && received < buffer.len();
            if emptied { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(()) }
        });
        match result {
            Err(error) if received == 0 => Err(error),
            _ => Ok(received),
        }
    }

    /// Writes what is waiting until the socket is full again. Returns whether everything has been sent now
    /// and the hub wants to know it.
    pub(super) fn flush(&self) -> io::Result<bool> {
        let mut guard = self.queue();
        let Some(queue) = guard.as_mut() else { return Ok(false) };
        while let Some(front) = queue.front() {
            match self.socket.try_write(front) {
                Ok(written) => queue.advance(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(guard.take().is_some_and(|queue| queue.must_tell()))
    }
}
