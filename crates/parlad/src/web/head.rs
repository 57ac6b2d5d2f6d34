//! Collects the head of a request before anything larger is allocated for it.
//!
//! A client that sends half a head, or nothing, takes only these bytes. Then hyper takes over, which is given
//! the bytes first and lives only until everything has been answered, because its buffers take 13 KB.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use hyper::Request;
use memchr::memmem;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::slots::Slot;
use crate::{
    limits::{HTTP_HEAD_BYTES_MAX, READ_BYTES_MAX},
    net::{opening::TLS_RECORD, stream::Stream},
};

/// What came in place of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoHead {
    /// The connection ended or broke.
    Ended,
    /// The head is longer than allowed.
    TooLong,
    /// The client started a TLS handshake.
    Tls,
}

/// Reads until the head is complete or invalid. Some bytes of it have been read already.
pub(super) async fn gather(stream: &mut Stream, mut head: Vec<u8>) -> Result<Vec<u8>, NoHead> {
    if has_end(&head) {
        return Ok(head);
    }
    loop {
        let seen = head.len();
        let count = poll_fn(|context| read_more(stream, context, &mut head)).await;
        if !count.is_ok_and(|count| count > 0) {
            return Err(NoHead::Ended);
        }
        if head.first() == Some(&TLS_RECORD) {
            return Err(NoHead::Tls);
        }
        if has_end(head.get(seen.saturating_sub(3)..).unwrap_or_default()) {
            return Ok(head);
        }
        if head.len() > HTTP_HEAD_BYTES_MAX {
            return Err(NoHead::TooLong);
        }
    }
}

fn has_end(bytes: &[u8]) -> bool {
    memmem::find(bytes, b"\n\r\n").is_some() || memmem::find(bytes, b"\n\n").is_some()
}

/// Reads into a temporary buffer, and keeps the bytes that came.
fn read_more(stream: &mut Stream, context: &mut Context<'_>, to: &mut Vec<u8>) -> Poll<io::Result<usize>> {
    let mut room = [0; READ_BYTES_MAX];
    let mut read = ReadBuf::new(&mut room);
    Pin::new(stream).poll_read(context, &mut read).map_ok(|()| {
        to.reserve_exact(read.filled().len());
        to.extend_from_slice(read.filled());
        read.filled().len()
    })
}

/// The approximate length of a request's head in bytes, including all line breaks.
pub(super) fn bytes_of<B>(request: &Request<B>) -> usize {
    let uri = request.uri();
    let target = uri.path_and_query().map_or(1, |target| target.as_str().len());
    let authority = uri.authority().map_or(0, |authority| authority.as_str().len());
    let fields =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    request.method().as_str().len() + authority + target + "  HTTP/1.1\r\n\r\n".len() + fields.sum::<usize>()
}

/// A connection some of whose bytes have been read, and whose slot knows whether it is idle.
pub(super) struct Gathered<'a> {
    early: Vec<u8>,
    given: usize,
    pub(super) stream: Stream,
    slot: &'a Slot,
}

impl<'a> Gathered<'a> {
    pub(super) const fn new(early: Vec<u8>, stream: Stream, slot: &'a Slot) -> Self {
        Self { early, given: 0, stream, slot }
    }

    /// The early bytes that have not been used, and the connection.
    pub(super) fn into_parts(self) -> (Vec<u8>, Stream) {
        (self.early.get(self.given..).unwrap_or_default().to_vec(), self.stream)
    }
}

impl AsyncRead for Gathered<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let rest = self.early.get(self.given..).unwrap_or_default();
        if rest.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let count = rest.len().min(buffer.remaining());
        buffer.put_slice(rest.get(..count).unwrap_or_default());
        self.given += count;
        if self.given == self.early.len() {
            (self.early, self.given) = (Vec::new(), 0);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Gathered<'_> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.slot.sends();
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.slot.sends();
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if flushed.is_ready() {
            self.slot.sent();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_head() {
        assert!(has_end(b"GET / HTTP/1.1\r\n\r\n") && has_end(b"\n\n") && has_end(b"x\r\n\r\nmore"));
        assert!(!has_end(b"GET / HTTP/1.1\r\nHost: a\r\n") && !has_end(b"\r\n\r") && !has_end(b""));
    }

    #[test]
    fn the_length_of_a_head() {
        let head = "GET /chat?x HTTP/1.1\r\nhost: a.example\r\ncookie: b=c\r\n\r\n";
        let request = Request::get("/chat?x").header("host", "a.example").header("cookie", "b=c");
        assert_eq!(bytes_of(&request.body(()).unwrap()), head.len());
    }
}
