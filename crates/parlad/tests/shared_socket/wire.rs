//! A socket with room for a few bytes, and the client at its other end.

use std::{
    io,
    task::{Context, Poll, Waker},
};

use crate::net::{shared_socket::Socket, sync::Mutex};

/// A socket that behaves as tokio's do.
#[derive(Debug)]
pub(crate) struct Wire(Mutex<State>);

#[derive(Debug)]
struct State {
    room: usize,
    sent: Vec<u8>,
    /// As tokio, it takes the socket to be writable until a write has found it full.
    may_be_writable: bool,
    is_readable: bool,
    waker: Option<Waker>,
}

impl Wire {
    /// A socket that takes this many bytes.
    pub(crate) fn with_room(room: usize) -> Self {
        let state = State { room, sent: Vec::new(), may_be_writable: true, is_readable: false, waker: None };
        Self(Mutex::new(state))
    }

    /// A socket from which something can be read, and that takes nothing.
    pub(crate) fn readable() -> Self {
        let wire = Self::with_room(0);
        wire.0.lock().unwrap().is_readable = true;
        wire
    }

    /// The client reads, so that there is room for more.
    pub(crate) fn make_room(&self, bytes: usize) {
        let mut state = self.0.lock().unwrap();
        state.room += bytes;
        state.may_be_writable = true;
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Everything that the socket has taken.
    pub(crate) fn sent(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().sent.clone()).unwrap()
    }
}

impl Socket for Wire {
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.0.lock().unwrap();
        if state.room == 0 {
            state.may_be_writable = false;
        }
        if !state.may_be_writable {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let count = bytes.len().min(state.room);
        state.room -= count;
        state.sent.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn poll_write_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.0.lock().unwrap();
        if state.may_be_writable {
            return Poll::Ready(Ok(()));
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }

    fn poll_read_ready(&self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Nothing that a client sends here is late, so nobody has to be woken.
        if self.0.lock().unwrap().is_readable { Poll::Ready(Ok(())) } else { Poll::Pending }
    }
}
