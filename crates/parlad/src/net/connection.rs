//! One connection as it is shared: bytes out to the socket, and what there is to do on it.
//!
//! Whoever releases a batch writes to the socket themselves, by [`Connection::send`]. Only what a full socket would not take is
//! left to the connection's own task. An idle connection holds no buffer.

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

/// A socket, shared by its task and by whoever delivers.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(super) socket: TcpStream,
    /// None if the socket has what is said as it is.
    pub(super) tls: Option<Box<Tls>>,
    framing: Framing,
    /// What a WebSocket is closed with.
    pub(super) close_code: AtomicU16,
    /// Memory of the lines given to the hub that were not dealt with yet.
    pub(super) unanswered: AtomicU32,
    /// Set when the server is done with the connection.
    closing: AtomicBool,
    waker: AtomicWaker,
    /// What the socket would not take; none while it takes everything.
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

    /// Whether the server is done with it: nothing that is found out for it now is of use.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// The place that the connection takes.
    pub(crate) const fn permit(&self) -> &Permit {
        &self.permit
    }

    /// Sends bytes: by a write here and now, or behind those that wait already.
    ///
    /// `keep` gives the bytes a longer life; it is asked only if the socket does not take all of them.
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
            // The task reads the same error and ends the connection.
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

    /// Whether everything is sent; otherwise the hub is told when that is so.
    pub(crate) fn is_sent_or_will_tell(&self) -> bool {
        self.queue().as_mut().map(|queue| queue.tell_when_sent()).is_none()
    }

    /// A line was dealt with; if too much waited, the connection is read again.
    pub(crate) fn line_taken(&self, bytes: usize) {
        let before = self.unanswered.fetch_sub(line_memory(bytes), Ordering::AcqRel);
        if before >= LINES_WAITING_BYTES_MAX {
            self.waker.wake();
        }
    }

    /// Ends the connection once everything is sent. In a WebSocket something is to be sent for that, too.
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

    /// What there is to do. Nothing is read from a client that does not read from us, so that its answers cannot pile up.
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

    /// Whether nothing is read from the client now.
    pub(super) fn is_held_back(&self, has_ended: bool) -> bool {
        has_ended || self.unanswered.load(Ordering::Acquire) >= LINES_WAITING_BYTES_MAX
    }

    /// What there is to do for a client that is not read now. That its connection is reset is noticed all the same, since its
    /// lines can take minutes; whoever has only said everything may still read.
    pub(super) async fn held_back_turn(&self, has_ended: bool) -> Turn {
        tokio::select! {
            turn = poll_fn(|context| self.poll_turn(context, has_ended)) => turn,
            _ = self.socket.ready(Interest::ERROR) => Turn::Broken,
        }
    }

    /// Reads once. A read that does not fill the buffer has emptied the socket; tokio is told so, which saves the second
    /// read that would only find nothing.
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

    /// Writes what waits, until the socket is full again. Gives whether all is sent now, and the hub waits for that.
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
