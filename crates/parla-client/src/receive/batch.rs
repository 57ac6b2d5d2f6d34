//! BATCH: lines that belong together. A page of history is kept until it is whole; of other batches the lines count at once.
//!
//! <https://ircv3.net/specs/extensions/batch>, <https://ircv3.net/specs/extensions/chathistory>

use std::collections::BTreeMap;

use super::{Incoming, said};
use crate::{
    client::{Client, Turn},
    history,
    limits::{BATCH_LINES_MAX, BATCHES_MAX},
    view::BufferKind,
};

/// The batches that are open, by their reference.
#[derive(Debug, Default)]
pub(crate) struct Batches {
    open: BTreeMap<String, History>,
}

/// A page of history that is coming in.
#[derive(Debug)]
struct History {
    target: String,
    lines: Vec<Vec<u8>>,
}

/// Keeps a line for its batch. False if it counts at once.
pub(super) fn collect(client: &mut Client, reference: &str, line: &[u8]) -> bool {
    let Some(batch) = client.batches.open.get_mut(reference) else { return false };
    if batch.lines.len() < BATCH_LINES_MAX {
        batch.lines.push(line.to_vec());
    }
    true
}

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    let reference = incoming.param(0);
    if let Some(reference) = reference.strip_prefix('+') {
        let is_history = matches!(incoming.param(1), "chathistory" | "draft/chathistory" | "znc.in/playback");
        if is_history && client.batches.open.len() < BATCHES_MAX {
            let batch = History { target: incoming.param(2).to_owned(), lines: Vec::new() };
            client.batches.open.insert(reference.to_owned(), batch);
        }
    } else if let Some(batch) = reference.strip_prefix('-').and_then(|open| client.batches.open.remove(open))
    {
        complete(client, &batch, turn);
    }
}

fn complete(client: &mut Client, batch: &History, turn: &mut Turn<'_>) {
    let kind = if client.session.is_room(&batch.target) { BufferKind::Room } else { BufferKind::Direct };
    // A server that sends pages of rooms that nobody is in does not make rooms of them.
    let Some(id) = client.buffers.named(&client.session, &batch.target) else { return };
    if client.buffers.get(id).is_none_or(|buffer| buffer.kind != kind) {
        return;
    }
    let mut heard = Vec::new();
    super::replay(&batch.lines, |message| {
        heard.extend(said::replayed(client, id, message, turn));
    });
    history::answered(client, id, &heard, turn);
    client.changes.buffer(id);
}
