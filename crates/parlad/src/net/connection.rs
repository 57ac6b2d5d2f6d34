//! One connection: bytes in to lines for the hub, buffers out to the socket.
//!
//! Whoever releases a batch writes to the socket himself, by [`Connection::send`]. Only what a full socket would not take is
//! left to the connection's own task. An idle connection holds no buffer.

use std::{
    cell::RefCell,
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
use parla_proto::framing::Frame;
use parla_server::{
    ConnectionId, Disconnect, Input,
    limits::{LINES_WAITING_BYTES_MAX, line_memory},
};
use rustix::net::RecvFlags;
use tokio::{io::Interest, net::TcpStream, sync::mpsc};
use tungstenite::protocol::frame::coding::CloseCode;

use crate::{
    core::hub::HubInput,
    limits::{LINGER, READ_BYTES_MAX},
    net::{
        admission::Ticket,
        framing::{Framing, Heard, Reader},
        send_queue::{SendQueue, SendQueues},
        stream::Stream,
        tls::Tls,
    },
};

/// A socket, shared by its task and by whoever delivers.
#[derive(Debug)]
pub(crate) struct Connection {
    socket: TcpStream,
    /// None if the socket has what is said as it is.
    tls: Option<Box<Tls>>,
    framing: Framing,
    /// What a WebSocket is closed with.
    close_code: AtomicU16,
    /// Memory of the lines given to the hub that were not dealt with yet.
    unanswered: AtomicU32,
    /// Set when the server is done with the connection.
    closing: AtomicBool,
    waker: AtomicWaker,
    /// What the socket would not take; none while it takes everything.
    queue: Mutex<Option<Box<SendQueue>>>,
    queues: Arc<SendQueues>,
    ticket: Ticket,
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
    pub(crate) fn new(stream: Stream, framing: Framing, queues: &Arc<SendQueues>, ticket: Ticket) -> Self {
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
            ticket,
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
    pub(crate) const fn ticket(&self) -> &Ticket {
        &self.ticket
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

    fn send_sealed(&self, bytes: &[u8]) {
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

    fn send_all_of(&self, bytes: &mut Vec<u8>) {
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

    fn queue(&self) -> MutexGuard<'_, Option<Box<SendQueue>>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What there is to do. Who does not read is not read either: what he asks for would only wait.
    fn poll_turn(&self, context: &mut Context<'_>, has_ended: bool) -> Poll<Turn> {
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
    fn is_held_back(&self, has_ended: bool) -> bool {
        has_ended || self.unanswered.load(Ordering::Acquire) >= LINES_WAITING_BYTES_MAX
    }

    /// What there is to do for a client that is not read now. That its connection is reset is noticed all the same, since its
    /// lines can take minutes; whoever has only said everything may still read.
    async fn held_back_turn(&self, has_ended: bool) -> Turn {
        tokio::select! {
            turn = poll_fn(|context| self.poll_turn(context, has_ended)) => turn,
            _ = self.socket.ready(Interest::ERROR) => Turn::Broken,
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

    /// Writes what waits, until the socket is full again. Gives whether all is sent now, and the hub waits for that.
    fn flush(&self) -> io::Result<bool> {
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

/// Where a connection's task sends what it gets.
#[derive(Clone, Debug)]
pub(crate) struct Roads {
    pub(crate) hub: mpsc::Sender<HubInput>,
    /// Connections that have been sent everything, where the hub wants to know. Each is in it once.
    pub(crate) sent: mpsc::UnboundedSender<ConnectionId>,
}

impl Roads {
    /// Tells the hub that a connection was sent everything. It lives as long as the server.
    pub(crate) fn tell_sent(&self, id: ConnectionId) {
        let _ = self.sent.send(id);
    }
}

/// The connection's task: reads lines for the hub, and writes what delivery had to leave.
pub(crate) struct Task {
    pub(crate) id: ConnectionId,
    pub(crate) connection: Arc<Connection>,
    pub(crate) roads: Roads,
    pub(crate) reader: Reader,
}

/// What came of one read.
#[derive(Default)]
struct Received {
    /// Inputs that found no room in the hub.
    waiting: Vec<HubInput>,
    ended: Option<Disconnect>,
}

impl Task {
    pub(crate) async fn run(mut self) {
        let mut has_ended = false;
        // A client may have said something before this task began.
        let mut received = self.hear(&[]);
        let why = loop {
            if !received.waiting.is_empty() {
                Box::pin(send_all(std::mem::take(&mut received.waiting), &self.roads.hub)).await;
            }
            match received.ended.take() {
                // The client may still read; the server says when the connection is over.
                Some(Disconnect::Closed) => {
                    has_ended = true;
                    Box::pin(self.report(Disconnect::Closed)).await;
                }
                Some(why) => break why,
                None => {}
            }
            let turn = if self.connection.is_held_back(has_ended) {
                Box::pin(self.connection.held_back_turn(has_ended)).await
            } else {
                poll_fn(|context| self.connection.poll_turn(context, has_ended)).await
            };
            match turn {
                Turn::Read => received = self.read(),
                Turn::Write => match self.connection.flush() {
                    Ok(true) => self.roads.tell_sent(self.id),
                    Ok(false) => {}
                    Err(_) => break Disconnect::Reset,
                },
                Turn::Exceeded => break Disconnect::SendQueueExceeded,
                Turn::Broken => break Disconnect::Reset,
                Turn::Closing => return Box::pin(finish(&self.connection)).await,
            }
        };
        Box::pin(self.report(why)).await;
    }

    async fn report(&self, why: Disconnect) {
        // The hub may have stopped; then nobody needs to know.
        let input = Input::Disconnected { connection: self.id, why };
        let _ = self.roads.hub.send(HubInput::Server(input)).await;
    }

    /// Reads once and gives the lines to the hub.
    fn read(&mut self) -> Received {
        READ_BUFFER.with_borrow_mut(|buffer| match self.connection.receive(buffer) {
            Ok(0) => Received { ended: Some(Disconnect::Closed), ..Received::default() },
            Ok(count) => self.hear(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Received::default(),
            Err(_) => Received { ended: Some(Disconnect::Reset), ..Received::default() },
        })
    }

    /// Takes what came from the socket.
    fn hear(&mut self, bytes: &[u8]) -> Received {
        let Some(tls) = &self.connection.tls else { return self.take(bytes) };
        match tls.open(bytes, |sealed| self.connection.send_sealed(sealed)) {
            Ok(opened) => {
                let mut received = self.take(&opened.plain);
                if opened.is_over {
                    received.ended.get_or_insert(Disconnect::Closed);
                }
                received
            }
            Err(_) => Received { ended: Some(Disconnect::Reset), ..Received::default() },
        }
    }

    fn take(&mut self, bytes: &[u8]) -> Received {
        if self.connection.tls.is_none() && self.reader.begins_tls(bytes) {
            return Received { ended: Some(Disconnect::SpokeTls), ..Received::default() };
        }
        let mut received = Received::default();
        // Answers to pings that follow each other go out together, and before the next line can be answered.
        let mut replies = Vec::new();
        let closed = self.reader.feed(bytes, |heard| {
            let input = match heard {
                Heard::Line(Frame::Line(line)) => Input::Line { connection: self.id, line: line.into() },
                Heard::Line(Frame::TooLong) => Input::LineTooLong { connection: self.id },
                Heard::Line(Frame::Endless) => Input::LineEndless { connection: self.id },
                Heard::Blank => Input::Blank { connection: self.id },
                Heard::Reply(bytes) => return replies.extend_from_slice(bytes),
            };
            if !matches!(input, Input::Blank { .. }) {
                self.connection.send_all_of(&mut replies);
            }
            let bytes = if let Input::Line { line, .. } = &input { line.len() } else { 0 };
            self.connection.unanswered.fetch_add(line_memory(bytes), Ordering::AcqRel);
            let input = HubInput::Server(input);
            if !received.waiting.is_empty() {
                received.waiting.push(input);
            } else if let Err(mpsc::error::TrySendError::Full(input)) = self.roads.hub.try_send(input) {
                received.waiting.push(input);
            }
        });
        self.connection.send_all_of(&mut replies);
        if let Some(code) = closed {
            self.connection.close_code.store(code.into(), Ordering::Release);
            received.ended = Some(Disconnect::Closed);
        }
        received
    }
}

async fn send_all(inputs: Vec<HubInput>, hub: &mpsc::Sender<HubInput>) {
    for input in inputs {
        if hub.send(input).await.is_err() {
            return;
        }
    }
}

/// Sends what is left and says that nothing more comes.
async fn finish(connection: &Connection) {
    let finished = async {
        while connection.queue().is_some() {
            connection.socket.writable().await?;
            connection.flush()?;
        }
        linger(&connection.socket).await
    };
    // Past the time, or when the connection breaks, the client loses what it did not read.
    let _ = tokio::time::timeout(LINGER, finished).await;
}

/// Says that nothing more comes and reads what the client still sends, so that the last bytes reach it: a socket closed
/// with unread bytes would be reset, and the client would lose what it had not read yet.
pub(crate) async fn linger(socket: &TcpStream) -> io::Result<()> {
    rustix::net::shutdown(socket, rustix::net::Shutdown::Write)?;
    let mut rest = vec![0; READ_BYTES_MAX];
    loop {
        socket.readable().await?;
        match socket.try_read(&mut rest) {
            Ok(0) => return Ok(()),
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
            Ok(_) | Err(_) => {}
        }
    }
}
