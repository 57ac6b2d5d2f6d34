//! The shared part of a connection: its socket, and what is done to bytes on their way to it.
//!
//! The thread that releases a batch writes to the socket itself, with [`Connection::send`]. The connection's
//! own task only sends what a full socket did not take. An idle connection has no buffer.

use std::{
    future::poll_fn,
    io,
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use rustix::net::RecvFlags;
use tokio::{io::Interest, net::TcpStream};
use tungstenite::protocol::frame::coding::CloseCode;

use crate::net::{
    admission::Permit,
    framing::Framing,
    send_queue::SendQueueTotals,
    shared_socket::{SharedSocket, Socket, Turn},
    stream::{Stream, linger},
    tls::Tls,
};

/// A connection that is shared by its task and the delivery.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(super) shared: SharedSocket<TcpStream>,
    /// `None` if the connection is not encrypted.
    pub(super) tls: Option<Box<Tls>>,
    framing: Framing,
    /// The code with which a WebSocket is closed.
    pub(super) close_code: AtomicU16,
    permit: Permit,
}

impl Connection {
    pub(crate) fn new(
        stream: Stream,
        framing: Framing,
        totals: &Arc<SendQueueTotals>,
        permit: Permit,
    ) -> Self {
        let (socket, tls) = stream.into_parts();
        Self {
            shared: SharedSocket::new(socket, totals),
            tls,
            framing,
            close_code: AtomicU16::new(CloseCode::Normal.into()),
            permit,
        }
    }

    /// How lines must be framed before they are sent.
    pub(crate) const fn framing(&self) -> Framing {
        self.framing
    }

    /// The connection's count in the admission.
    pub(crate) const fn permit(&self) -> &Permit {
        &self.permit
    }

    /// Sends bytes, encrypted if the connection is; see [`SharedSocket::send`].
    pub(crate) fn send(&self, bytes: &[u8], keep: impl FnOnce() -> Bytes) {
        match &self.tls {
            None => self.shared.send(bytes, keep),
            Some(tls) => tls.seal(bytes, |sealed| self.send_sealed(sealed)),
        }
    }

    pub(super) fn send_sealed(&self, bytes: &[u8]) {
        self.shared.send(bytes, || Bytes::copy_from_slice(bytes));
    }

    pub(super) fn send_all_of(&self, bytes: &mut Vec<u8>) {
        if !bytes.is_empty() {
            self.send(bytes, || Bytes::copy_from_slice(bytes));
            bytes.clear();
        }
    }

    /// Whether everything has been sent. Otherwise the hub is told when it has.
    pub(crate) fn is_sent_or_will_tell(&self) -> bool {
        self.shared.is_sent_or_will_tell()
    }

    /// Notes that a line was handled; if too much was waiting, reading resumes.
    pub(crate) fn line_taken(&self, bytes: usize) {
        self.shared.line_taken(bytes);
    }

    /// Ends the connection once everything has been sent. On a WebSocket, that requires another frame.
    pub(crate) fn close(&self) {
        let goodbye = self.framing.goodbye(self.close_code.load(Ordering::Acquire).into(), "");
        match &self.tls {
            None => self.shared.close_with(&goodbye),
            Some(tls) => tls.close(&goodbye, |sealed| self.shared.close_with(sealed)),
        }
    }

    /// What to do for a client while reading is suspended. A reset of the connection is still noticed,
    /// because handling the client's lines can take minutes; a client that has only closed its own side may
    /// still read.
    pub(super) async fn held_back_turn(&self, has_ended: bool) -> Turn {
        tokio::select! {
            turn = poll_fn(|context| self.shared.poll_turn(context, has_ended)) => turn,
            _ = self.shared.socket.ready(Interest::ERROR) => Turn::Broken,
        }
    }

    /// Reads once. If the read does not fill the buffer, the socket is empty; we tell tokio so, which saves a
    /// second read that would find nothing.
    pub(super) fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let socket = &self.shared.socket;
        let mut received = 0;
        let result = socket.try_io(Interest::READABLE, || {
            received = rustix::net::recv(socket, &mut *buffer, RecvFlags::empty())?.0;
            let emptied = received > 0 && received < buffer.len();
            if emptied { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(()) }
        });
        match result {
            Err(error) if received == 0 => Err(error),
            _ => Ok(received),
        }
    }

    /// Sends what is left and closes our side.
    pub(super) async fn finish(&self) -> io::Result<()> {
        self.shared.send_rest().await?;
        linger(&self.shared.socket).await
    }
}

impl Socket for TcpStream {
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        Self::try_write(self, bytes)
    }

    fn poll_write_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Self::poll_write_ready(self, context)
    }

    fn poll_read_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Self::poll_read_ready(self, context)
    }
}
