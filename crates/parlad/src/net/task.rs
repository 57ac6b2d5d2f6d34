//! The task of one connection: turns incoming bytes into lines for the hub, and sends what delivery could not
//! send at once.

use std::{
    cell::RefCell,
    future::poll_fn,
    io,
    sync::{Arc, atomic::Ordering},
};

use parla_proto::framing::Frame;
use parla_server::{ConnectionId, Disconnect, Input};
use tokio::{sync::mpsc, time::timeout};

use crate::{
    limits::{LINGER, READ_BYTES_MAX},
    net::{
        connection::Connection,
        framing::{Decoded, Reader},
        hub_input::{HubInput, HubSenders},
        shared_socket::Turn,
    },
};

thread_local! {
    /// Connections take turns in reading, so each thread needs only one buffer.
    static READ_BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES_MAX]);
}

/// A connection's task: reads lines for the hub, and sends what delivery could not send at once.
pub(crate) struct Task {
    pub(crate) id: ConnectionId,
    pub(crate) connection: Arc<Connection>,
    pub(crate) hub_senders: HubSenders,
    pub(crate) reader: Reader,
}

/// The result of one read.
#[derive(Default)]
struct ReadOutcome {
    /// Inputs that did not fit into the hub's queue.
    waiting: Vec<HubInput>,
    ended: Option<Disconnect>,
}

impl Task {
    /// Reads and writes until the connection is over.
    #[expect(
        clippy::manual_async_fn,
        reason = "every idle client has this future; an `async fn` would hold `self` in it twice"
    )]
    pub(crate) fn run(mut self) -> impl Future<Output = ()> {
        async move {
            let mut has_ended = false;
            // The client may have sent something before this task started.
            let mut outcome = self.process(&[]);
            let why = loop {
                if !outcome.waiting.is_empty() {
                    Box::pin(send_all(std::mem::take(&mut outcome.waiting), &self.hub_senders.hub)).await;
                }
                match outcome.ended.take() {
                    // The client may still read; the server decides when the connection is over.
                    Some(Disconnect::Closed) => {
                        has_ended = true;
                        Box::pin(self.report(Disconnect::Closed)).await;
                    }
                    Some(why) => break why,
                    None => {}
                }
                let turn = if self.connection.shared.is_held_back(has_ended) {
                    Box::pin(self.connection.held_back_turn(has_ended)).await
                } else {
                    poll_fn(|context| self.connection.shared.poll_turn(context, has_ended)).await
                };
                match turn {
                    Turn::Read => outcome = self.read(),
                    Turn::Write => match self.connection.shared.flush() {
                        Ok(true) => self.hub_senders.tell_sent(self.id),
                        Ok(false) => {}
                        Err(_) => break Disconnect::Reset,
                    },
                    Turn::Exceeded => break Disconnect::SendQueueExceeded,
                    Turn::Broken => break Disconnect::Reset,
                    Turn::Closing => {
                        // If that takes too long or fails, the client loses what it has not read.
                        drop(Box::pin(timeout(LINGER, self.connection.finish())).await);
                        return;
                    }
                }
            };
            Box::pin(self.report(why)).await;
        }
    }

    async fn report(&self, why: Disconnect) {
        // The hub may have stopped, in which case nobody needs to know.
        let input = Input::Disconnected { connection: self.id, why };
        let _ = self.hub_senders.hub.send(HubInput::Server(input)).await;
    }

    /// Reads once and passes the lines to the hub.
    fn read(&mut self) -> ReadOutcome {
        READ_BUFFER.with_borrow_mut(|buffer| match self.connection.receive(buffer) {
            Ok(0) => ReadOutcome { ended: Some(Disconnect::Closed), ..ReadOutcome::default() },
            Ok(count) => self.process(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => ReadOutcome::default(),
            Err(_) => ReadOutcome { ended: Some(Disconnect::Reset), ..ReadOutcome::default() },
        })
    }

    /// Decrypts bytes from the socket if the connection uses TLS, and passes their lines to the hub.
    fn process(&mut self, bytes: &[u8]) -> ReadOutcome {
        let Some(tls) = &self.connection.tls else { return self.process_plain(bytes) };
        match tls.open(bytes, |sealed| self.connection.send_sealed(sealed)) {
            Ok(opened) => {
                let mut outcome = self.process_plain(&opened.plain);
                if opened.is_over {
                    outcome.ended.get_or_insert(Disconnect::Closed);
                }
                outcome
            }
            Err(_) => ReadOutcome { ended: Some(Disconnect::Reset), ..ReadOutcome::default() },
        }
    }

    /// Passes the lines of bytes that are not encrypted, or no longer, to the hub.
    fn process_plain(&mut self, bytes: &[u8]) -> ReadOutcome {
        if self.connection.tls.is_none() && self.reader.begins_tls(bytes) {
            return ReadOutcome { ended: Some(Disconnect::SpokeTls), ..ReadOutcome::default() };
        }
        let mut outcome = ReadOutcome::default();
        // Answers to consecutive pings are sent together, and before the next line can be answered.
        let mut replies = Vec::new();
        let closed = self.reader.feed(bytes, |decoded| {
            let input = match decoded {
                Decoded::Line(Frame::Line(line)) => Input::Line { connection: self.id, line: line.into() },
                Decoded::Line(Frame::TooLong) => Input::LineTooLong { connection: self.id },
                Decoded::Line(Frame::Endless) => Input::LineEndless { connection: self.id },
                Decoded::Blank => Input::Blank { connection: self.id },
                Decoded::Reply(bytes) => return replies.extend_from_slice(bytes),
            };
            if !matches!(input, Input::Blank { .. }) {
                self.connection.send_all_of(&mut replies);
            }
            let bytes = if let Input::Line { line, .. } = &input { line.len() } else { 0 };
            self.connection.shared.line_given(bytes);
            let input = HubInput::Server(input);
            if !outcome.waiting.is_empty() {
                outcome.waiting.push(input);
            } else if let Err(mpsc::error::TrySendError::Full(input)) = self.hub_senders.hub.try_send(input) {
                outcome.waiting.push(input);
            }
        });
        self.connection.send_all_of(&mut replies);
        if let Some(code) = closed {
            self.connection.close_code.store(code.into(), Ordering::Release);
            outcome.ended = Some(Disconnect::Closed);
        }
        outcome
    }
}

async fn send_all(inputs: Vec<HubInput>, hub: &mpsc::Sender<HubInput>) {
    for input in inputs {
        if hub.send(input).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The size of the future that a function returns, in bytes.
    const fn size_of_future<F: Future>(_: fn(Task) -> F) -> usize {
        size_of::<F>()
    }

    /// Every idle client has one of these. With tokio's overhead it takes 256 bytes up to this size, and 384
    /// above it.
    #[test]
    fn the_task_of_an_idle_client_is_small() {
        assert!(size_of_future(Task::run) <= 160, "{}", size_of_future(Task::run));
    }
}
