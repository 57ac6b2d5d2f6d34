//! Delivery: writes lines to sockets without waking a task for each receiver.
//!
//! It takes a batch of lines. Each connection that gets any of them is written to once, with all its lines of
//! the batch in one buffer; the connection itself keeps what its socket does not take.

use std::sync::Arc;

use bytes::Bytes;
use parla_server::{ConnectionId, Output};
use slotmap::{DefaultKey, SecondaryMap};

use crate::{
    limits::WRITE_BYTES_MAX,
    net::{connection::Connection, framing::Framing},
};

/// The connections that can be delivered to, and buffers for sorting a batch by connection.
#[derive(Debug, Default)]
pub(crate) struct Delivery {
    connections: SecondaryMap<DefaultKey, Receiver>,
    /// The receivers, in the order of their first lines.
    receivers: Vec<ConnectionId>,
    /// The lines of the batch for each receiver, as linked lists in one vector.
    queued: Vec<QueuedLine>,
    joined: Vec<u8>,
}

#[derive(Debug)]
struct Receiver {
    connection: Arc<Connection>,
    first: u32,
    last: u32,
}

/// One line for one receiver, and the position of that receiver's next line.
#[derive(Clone, Copy, Debug)]
struct QueuedLine {
    line: u32,
    next: u32,
}

const NONE: u32 = u32::MAX;

impl Delivery {
    pub(crate) fn open(&mut self, id: ConnectionId, connection: Arc<Connection>) {
        self.connections.insert(id.key(), Receiver { connection, first: NONE, last: NONE });
    }

    pub(crate) fn get(&self, id: ConnectionId) -> Option<&Arc<Connection>> {
        self.connections.get(id.key()).map(|receiver| &receiver.connection)
    }

    pub(crate) fn forget(&mut self, id: ConnectionId) -> Option<Arc<Connection>> {
        self.connections.remove(id.key()).map(|receiver| receiver.connection)
    }

    /// Sends every line of these outputs to its receivers.
    pub(crate) fn deliver(&mut self, outputs: &[Output]) {
        for (index, output) in outputs.iter().enumerate() {
            if let Output::Deliver { to, .. } = output {
                for id in to {
                    self.add(*id, u32::try_from(index).unwrap_or(NONE));
                }
            }
        }
        let receivers = std::mem::take(&mut self.receivers);
        for id in &receivers {
            if let Some(receiver) = self.connections.get_mut(id.key()) {
                let first = std::mem::replace(&mut receiver.first, NONE);
                write(
                    &receiver.connection,
                    outputs,
                    Lines { queued: &self.queued, next: first },
                    &mut self.joined,
                );
            }
        }
        self.receivers = receivers;
        self.receivers.clear();
        self.queued.clear();
    }

    fn add(&mut self, id: ConnectionId, line: u32) {
        let Some(receiver) = self.connections.get_mut(id.key()) else { return };
        let place = u32::try_from(self.queued.len()).unwrap_or(NONE);
        self.queued.push(QueuedLine { line, next: NONE });
        if receiver.first == NONE {
            receiver.first = place;
            self.receivers.push(id);
        } else if let Some(last) = self.queued.get_mut(receiver.last as usize) {
            last.next = place;
        }
        receiver.last = place;
    }
}

/// The lines of one receiver.
#[derive(Clone, Copy)]
struct Lines<'a> {
    queued: &'a [QueuedLine],
    next: u32,
}

impl Iterator for Lines<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let queued = self.queued.get(self.next as usize)?;
        self.next = queued.next;
        Some(queued.line)
    }
}

/// A single line is sent as it is. Several are first copied together: for short lines this costs less than a
/// vectored write.
fn write(connection: &Connection, outputs: &[Output], lines: Lines<'_>, joined: &mut Vec<u8>) {
    let mut texts = lines.filter_map(|line| match outputs.get(line as usize) {
        Some(Output::Deliver { line, .. }) => Some(line),
        _ => None,
    });
    if connection.framing() != Framing::Lines {
        return write_framed(connection, texts, joined);
    }
    let Some(mut text) = texts.next() else { return };
    let Some(second) = texts.next() else {
        connection.send(text, || text.clone());
        return;
    };
    joined.clear();
    joined.extend_from_slice(text);
    text = second;
    loop {
        if joined.len() + text.len() > WRITE_BYTES_MAX {
            connection.send(joined, || Bytes::copy_from_slice(joined));
            joined.clear();
        }
        joined.extend_from_slice(text);
        match texts.next() {
            Some(next) => text = next,
            None => break,
        }
    }
    connection.send(joined, || Bytes::copy_from_slice(joined));
}

/// Each line is sent in a frame of its own; all are joined, because building frames requires a copy anyway.
fn write_framed<'a>(connection: &Connection, texts: impl Iterator<Item = &'a Bytes>, joined: &mut Vec<u8>) {
    joined.clear();
    for text in texts {
        if !joined.is_empty() && joined.len() + text.len() > WRITE_BYTES_MAX {
            connection.send(joined, || Bytes::copy_from_slice(joined));
            joined.clear();
        }
        connection.framing().append(text, joined);
    }
    connection.send(joined, || Bytes::copy_from_slice(joined));
}
