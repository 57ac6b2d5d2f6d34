//! BATCH: lines that belong together. A page of history is kept until it is whole; of other batches the lines count at once.
//!
//! <https://ircv3.net/specs/extensions/batch>, <https://ircv3.net/specs/extensions/chathistory>

use parla_proto::Message;

use super::{
    Incoming,
    said::{self, Heard},
    said_at,
};
use crate::{
    client::{Client, Turn},
    history,
    limits::{BATCH_LINES_MAX, BATCHES_MAX},
    sorted_map::SortedMap,
    timeline::{Neighbours, next_known},
    view::BufferId,
};

/// The batches that are open, by their reference.
#[derive(Debug, Default)]
pub(crate) struct Batches {
    open: SortedMap<String, Batch>,
}

#[derive(Debug)]
enum Batch {
    /// A page of history that is coming in.
    History(History),
    /// A part of another batch.
    Within(String),
    /// The answer to the request of this label.
    Answer(String),
}

#[derive(Debug)]
struct History {
    target: String,
    label: Option<String>,
    lines: Vec<Vec<u8>>,
}

impl Batches {
    /// The request that a batch answers.
    pub(super) fn label(&self, reference: &str) -> Option<String> {
        match self.open.get(reference)? {
            Batch::Answer(label) => Some(label.clone()),
            Batch::Within(_) | Batch::History(_) => None,
        }
    }

    /// The page that a reference leads to.
    fn outermost(&self, reference: &str) -> Option<String> {
        match self.open.get(reference)? {
            // A part was made only inside a page that was open, so one step is enough.
            Batch::Within(outer) => Some(outer.clone()),
            Batch::History(_) => Some(reference.to_owned()),
            Batch::Answer(_) => None,
        }
    }
}

/// Keeps a line for its batch. False if it counts at once.
pub(super) fn collect(
    client: &mut Client,
    reference: &str,
    (message, line): (&Message<'_>, &[u8]),
    turn: &mut Turn<'_>,
) -> bool {
    let Some(outermost) = client.batches.outermost(reference) else { return false };
    let Some(Batch::History(page)) = client.batches.open.get_mut(&outermost) else { return false };
    if message.command != "BATCH" {
        page.lines.push(line.to_vec());
        if page.lines.len() >= BATCH_LINES_MAX {
            close(client, &outermost, turn);
        }
    } else if let Some(inner) = message.param(0).and_then(|param| param.strip_prefix('+')) {
        if !client.batches.open.contains_key(inner) {
            open(client, inner, Batch::Within(outermost));
        }
    } else if let Some(inner) = message.param(0).and_then(|param| param.strip_prefix('-')) {
        match client.batches.open.get(inner) {
            Some(Batch::Within(_)) => drop(client.batches.open.remove(inner)),
            Some(Batch::History(_)) => close(client, inner, turn),
            Some(Batch::Answer(_)) | None => {}
        }
    }
    true
}

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    if let Some(closed) = incoming.param(0).strip_prefix('-') {
        return close(client, closed, turn);
    }
    let Some(reference) = incoming.param(0).strip_prefix('+') else { return };
    // A name that is given again: what came under it until now is no whole page.
    cut_short(client, reference, turn);
    make_room(client, turn);
    let label = incoming.label.as_deref().map(str::to_owned);
    match (incoming.param(1), label) {
        ("chathistory" | "draft/chathistory" | "znc.in/playback", label) => {
            let target = incoming.param(2).to_owned();
            open(client, reference, Batch::History(History { target, label, lines: Vec::new() }));
        }
        (_, Some(label)) => open(client, reference, Batch::Answer(label)),
        (_, None) => {}
    }
}

fn open(client: &mut Client, reference: &str, batch: Batch) {
    if client.batches.open.len() < BATCHES_MAX {
        client.batches.open.insert(reference.to_owned(), batch);
    }
}

/// Of a server that closes none of its batches, each is taken as far as it has come.
fn make_room(client: &mut Client, turn: &mut Turn<'_>) {
    if client.batches.open.len() >= BATCHES_MAX {
        let references: Vec<String> = client.batches.open.keys().cloned().collect();
        references.iter().for_each(|reference| cut_short(client, reference, turn));
    }
}

/// A page is whole: its messages find their places, and the question is answered.
fn close(client: &mut Client, reference: &str, turn: &mut Turn<'_>) {
    let Some((page, id)) = take(client, reference) else { return };
    let heard = place(client, id, &page, turn);
    let page = history::Page { heard: &heard, lines: page.lines.len(), label: page.label.as_deref() };
    let is_news = heard.iter().any(|heard| heard.is_new);
    history::answered(client, id, &page);
    // What came by itself in the meantime was before the person's eyes, if they looked; what was missed is yet to be shown.
    let is_all_live = client
        .buffers
        .get(id)
        .is_some_and(|buffer| buffer.divider.is_none_or(|row| buffer.timeline.is_live(row)));
    if !is_news && is_all_live {
        client.seen(id);
    }
}

/// A page will never be whole. Its messages are welcome; what is missing in it nobody knows.
fn cut_short(client: &mut Client, reference: &str, turn: &mut Turn<'_>) {
    let Some((page, id)) = take(client, reference) else { return };
    place(client, id, &page, turn);
}

fn take(client: &mut Client, reference: &str) -> Option<(History, BufferId)> {
    let Batch::History(page) = client.batches.open.remove(reference)? else { return None };
    client.batches.open.retain(|_, batch| !matches!(batch, Batch::Within(outer) if outer == reference));
    let id = target(client, &page)?;
    Some((page, id))
}

/// Each message goes where the page has it among those that are known.
fn place(client: &mut Client, id: BufferId, page: &History, turn: &mut Turn<'_>) -> Vec<Heard> {
    let messages: Vec<Message<'_>> = page.lines.iter().filter_map(|line| Message::parse(line).ok()).collect();
    let known = said::recognize(client, id, &messages);
    let first = messages.first().map(|message| said_at(message, turn.now));
    let mut neighbours = Neighbours::new(history::wished_spot(client, id, (page.label.as_deref(), first)));
    let mut heard: Vec<Heard> = Vec::new();
    for (message, after) in messages.iter().zip(next_known(known)) {
        neighbours.after = after;
        let Some(one) = said::replayed(client, (id, &neighbours), message, turn) else { continue };
        if let Some(buffer) = client.buffers.get(id) {
            neighbours.passed(&buffer.timeline, one.row);
        }
        heard.push(one);
    }
    client.changes.buffer(id);
    heard
}

/// The conversation of a page. A server that sends pages of rooms that nobody is in does not make rooms of them.
fn target(client: &mut Client, page: &History) -> Option<BufferId> {
    if client.session.is_room(&page.target) {
        return client.buffers.room(&client.session, &page.target);
    }
    if page.lines.is_empty() || client.session.is_own(&page.target) {
        return client.buffers.direct(&client.session, &page.target);
    }
    client.changes.memory = true;
    client.buffers.open_unasked(&client.session, &page.target)
}
