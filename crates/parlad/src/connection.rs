//! One connection: bytes in to lines for the hub, buffers out to the socket.
//!
//! Whoever releases a batch writes to the socket himself, by [`Connection::send`]. Only what a full socket would not take is
//! left to the connection's own task. An idle connection holds no buffer.

use std::{
    cell::RefCell,
    collections::VecDeque,
    future::poll_fn,
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    task::{Context, Poll},
};

use bytes::{Buf, Bytes};
use futures_util::task::AtomicWaker;
use parla_proto::{
    framing::{Frame, Framer},
    limits::CLIENT_LINE_BYTES_MAX,
};
use parla_server::{ConnectionId, Disconnect, Input, Query, limits::LINES_WAITING_MAX};
use rustix::net::RecvFlags;
use tokio::{io::Interest, net::TcpStream, sync::mpsc};

use crate::{
    admission::Ticket,
    hub::HubInput,
    limits::{LINGER, READ_BYTES_MAX},
};

/// A socket, shared by its task and by whoever delivers.
#[derive(Debug)]
pub(crate) struct Connection {
    socket: TcpStream,
    /// Lines given to the hub that were not dealt with yet.
    unanswered: AtomicU32,
    /// Set when the server is done with the connection.
    closing: AtomicBool,
    waker: AtomicWaker,
    /// What the socket would not take; none while it takes everything.
    backlog: Mutex<Option<Box<Backlog>>>,
    send_queue_bytes: usize,
    _ticket: Ticket,
}

/// Buffers that wait for a full socket.
#[derive(Debug, Default)]
struct Backlog {
    buffers: VecDeque<Bytes>,
    bytes: usize,
    /// The queue was too long; nothing more is taken.
    exceeded: bool,
    /// What the client asked for meanwhile; the answer is not made before there is room for it.
    question: Option<Query>,
}

/// What a task finds when it wakes.
enum Turn {
    Read,
    Write,
    Exceeded,
    Closing,
    Broken,
}

thread_local! {
    /// Connections read by turns, so one buffer serves all of a thread.
    static READ_BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES_MAX]);
}

impl Connection {
    pub(crate) fn new(socket: TcpStream, send_queue_bytes: usize, ticket: Ticket) -> Self {
        Self {
            socket,
            unanswered: AtomicU32::new(0),
            closing: AtomicBool::new(false),
            waker: AtomicWaker::new(),
            backlog: Mutex::new(None),
            send_queue_bytes,
            _ticket: ticket,
        }
    }

    /// Sends bytes: by a write here and now, or behind those that wait already.
    ///
    /// `keep` gives the bytes a longer life; it is asked only if the socket does not take all of them.
    pub(crate) fn send(&self, bytes: &[u8], keep: impl FnOnce() -> Bytes) {
        let mut backlog = self.backlog();
        if let Some(backlog) = backlog.as_mut() {
            backlog.push(keep(), self.send_queue_bytes);
            if backlog.exceeded {
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
        let mut waiting = Backlog::default();
        let mut rest = keep();
        rest.advance(written);
        waiting.push(rest, self.send_queue_bytes);
        *backlog = Some(Box::new(waiting));
        self.waker.wake();
    }

    /// Gives the question back if it can be answered now; otherwise it is asked when everything before it is sent.
    pub(crate) fn ask_when_sent(&self, question: Query) -> Option<Query> {
        match self.backlog().as_mut() {
            Some(backlog) => {
                backlog.question = Some(question);
                None
            }
            None => Some(question),
        }
    }

    /// So many lines were dealt with; if there were too many, the connection is read again.
    pub(crate) fn lines_taken(&self, count: u32) {
        let before = self.unanswered.fetch_sub(count, Ordering::AcqRel);
        if before >= LINES_WAITING_MAX {
            self.waker.wake();
        }
    }

    /// Ends the connection once everything is sent.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.waker.wake();
    }

    fn backlog(&self) -> MutexGuard<'_, Option<Box<Backlog>>> {
        self.backlog.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What there is to do. Who does not read is not read either: what he asks for would only wait.
    fn poll_turn(&self, context: &mut Context<'_>, has_ended: bool) -> Poll<Turn> {
        self.waker.register(context.waker());
        if self.closing.load(Ordering::Acquire) {
            return Poll::Ready(Turn::Closing);
        }
        if let Some(backlog) = self.backlog().as_ref() {
            if backlog.exceeded {
                return Poll::Ready(Turn::Exceeded);
            }
            let ready = self.socket.poll_write_ready(context);
            return ready.map(|ready| ready.map_or(Turn::Broken, |()| Turn::Write));
        }
        if has_ended || self.unanswered.load(Ordering::Acquire) >= LINES_WAITING_MAX {
            return Poll::Pending;
        }
        match self.socket.poll_read_ready(context) {
            Poll::Ready(Ok(())) => Poll::Ready(Turn::Read),
            Poll::Ready(Err(_)) => Poll::Ready(Turn::Broken),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Reads once. A read that does not fill the buffer has emptied the socket; tokio is told so, which saves the second
    /// read that would only find nothing.
    fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
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

    /// Writes what waits, until the socket is full again. When all is sent, gives the question that waited for it.
    fn flush(&self) -> io::Result<Option<Query>> {
        let mut guard = self.backlog();
        let Some(backlog) = guard.as_mut() else { return Ok(None) };
        while let Some(front) = backlog.buffers.front_mut() {
            match self.socket.try_write(front) {
                Ok(written) => {
                    front.advance(written);
                    backlog.bytes -= written;
                    if front.is_empty() {
                        backlog.buffers.pop_front();
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(guard.take().and_then(|backlog| backlog.question))
    }
}

impl Backlog {
    fn push(&mut self, bytes: Bytes, bytes_max: usize) {
        if self.exceeded {
            return;
        }
        self.bytes += bytes.len();
        self.buffers.push_back(bytes);
        if self.bytes > bytes_max {
            // Nobody will read it; its memory is wanted back now.
            self.buffers = VecDeque::new();
            self.exceeded = true;
        }
    }
}

/// Where a connection's task sends what it gets.
#[derive(Clone, Debug)]
pub(crate) struct Roads {
    pub(crate) hub: mpsc::Sender<HubInput>,
    pub(crate) queries: std::sync::mpsc::Sender<(ConnectionId, Query)>,
}

/// The connection's task: reads lines for the hub, and writes what delivery had to leave.
pub(crate) async fn serve(id: ConnectionId, connection: Arc<Connection>, roads: Roads) {
    let mut framer = Framer::default();
    let mut has_ended = false;
    let why = loop {
        match poll_fn(|context| connection.poll_turn(context, has_ended)).await {
            Turn::Read => match read(id, &connection, &mut framer, &roads.hub) {
                Ok(Some(waiting)) => Box::pin(send_all(waiting, &roads.hub)).await,
                Ok(None) => {}
                // The client may still read; the server says when the connection is over.
                Err(Disconnect::Closed) => {
                    has_ended = true;
                    Box::pin(report(id, Disconnect::Closed, &roads.hub)).await;
                }
                Err(why) => break why,
            },
            Turn::Write => match connection.flush() {
                // The thread that answers lives as long as the server.
                Ok(question) => {
                    question.into_iter().for_each(|question| drop(roads.queries.send((id, question))));
                }
                Err(_) => break Disconnect::Reset,
            },
            Turn::Exceeded => break Disconnect::SendQueueExceeded,
            Turn::Broken => break Disconnect::Reset,
            Turn::Closing => return Box::pin(finish(&connection)).await,
        }
    };
    Box::pin(report(id, why, &roads.hub)).await;
}

async fn report(id: ConnectionId, why: Disconnect, hub: &mpsc::Sender<HubInput>) {
    // The hub may have stopped; then nobody needs to know.
    let _ = hub.send(HubInput::Server(Input::Disconnected { connection: id, why })).await;
}

/// Reads once and gives the lines to the hub. What finds no room there comes back.
fn read(
    id: ConnectionId,
    connection: &Connection,
    framer: &mut Framer,
    hub: &mpsc::Sender<HubInput>,
) -> Result<Option<Vec<HubInput>>, Disconnect> {
    READ_BUFFER.with_borrow_mut(|buffer| {
        let count = match connection.receive(buffer) {
            Ok(0) => return Err(Disconnect::Closed),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(_) => return Err(Disconnect::Reset),
        };
        let mut waiting = Vec::new();
        framer.feed(buffer.get(..count).unwrap_or_default(), CLIENT_LINE_BYTES_MAX, |frame| {
            connection.unanswered.fetch_add(1, Ordering::AcqRel);
            let input = HubInput::Server(match frame {
                Frame::Line(line) => Input::Line { connection: id, line: line.into() },
                Frame::TooLong => Input::LineTooLong { connection: id },
            });
            if !waiting.is_empty() {
                waiting.push(input);
            } else if let Err(mpsc::error::TrySendError::Full(input)) = hub.try_send(input) {
                waiting.push(input);
            }
        });
        Ok(Some(waiting).filter(|waiting| !waiting.is_empty()))
    })
}

async fn send_all(inputs: Vec<HubInput>, hub: &mpsc::Sender<HubInput>) {
    for input in inputs {
        if hub.send(input).await.is_err() {
            return;
        }
    }
}

/// Sends what is left, says that nothing more comes, and reads what the client still sends, so that the last lines reach
/// it: a socket closed with unread bytes would be reset, and the client would lose what it had not read yet.
async fn finish(connection: &Connection) {
    let finished = async {
        while connection.backlog().is_some() {
            connection.socket.writable().await?;
            connection.flush()?;
        }
        rustix::net::shutdown(&connection.socket, rustix::net::Shutdown::Write)?;
        let mut rest = vec![0; READ_BYTES_MAX];
        loop {
            connection.socket.readable().await?;
            match connection.socket.try_read(&mut rest) {
                Ok(0) => return io::Result::Ok(()),
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
                Ok(_) | Err(_) => {}
            }
        }
    };
    // Past the time, or when the connection breaks, the client loses what it did not read.
    let _ = tokio::time::timeout(LINGER, finished).await;
}
