//! BATCH: lines that belong together. A page of history is kept until it is whole; of other batches the lines count at once.
//!
//! <https://ircv3.net/specs/extensions/batch>, <https://ircv3.net/specs/extensions/chathistory>

use std::borrow::Cow;

use parla_proto::{CommandName, Message};

use super::{
    Incoming,
    multiline::{self, Multiline, Part},
    privmsg,
    said::{self, Heard},
    said_at,
};
use crate::{
    client::{Client, Turn},
    history,
    limits::{BATCH_BYTES_MAX, BATCH_LINES_MAX, BATCHES_MAX},
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
    /// A message of several lines that is said now, and the request that it answers.
    Message(Multiline, Option<String>),
}

#[derive(Debug)]
struct History {
    target: String,
    label: Option<String>,
    /// With those that open and close its parts.
    lines: Vec<Vec<u8>>,
    bytes: usize,
}

impl Batches {
    /// The request that a batch answers.
    pub(super) fn label(&self, reference: &str) -> Option<String> {
        match self.open.get(reference)? {
            Batch::Answer(label) => Some(label.clone()),
            Batch::Within(_) | Batch::History(_) | Batch::Message(..) => None,
        }
    }

    /// Ends a part of a page, if it is one: the line that does so need not say where it belongs.
    fn close_part(&mut self, reference: &str) -> bool {
        let Some(Batch::Within(outer)) = self.open.get(reference) else { return false };
        let outer = outer.clone();
        self.open.remove(reference);
        if let Some(Batch::History(page)) = self.open.get_mut(&outer) {
            page.lines.push(format!("BATCH -{reference}").into_bytes());
        }
        true
    }

    /// The page that a reference leads to.
    fn outermost(&self, reference: &str) -> Option<String> {
        match self.open.get(reference)? {
            // A part was made only inside a page that was open, so one step is enough.
            Batch::Within(outer) => Some(outer.clone()),
            Batch::History(_) => Some(reference.to_owned()),
            Batch::Answer(_) | Batch::Message(..) => None,
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
    if let Some(Batch::Message(said, _)) = client.batches.open.get_mut(reference) {
        return said.push(message);
    }
    let Some(outermost) = client.batches.outermost(reference) else { return false };
    let Some(Batch::History(page)) = client.batches.open.get_mut(&outermost) else { return false };
    page.lines.push(line.to_vec());
    page.bytes += line.len();
    let is_full = page.lines.len() >= BATCH_LINES_MAX || page.bytes >= BATCH_BYTES_MAX;
    if CommandName::of(message) != Some(CommandName::Batch) {
        if is_full {
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
            Some(Batch::Answer(_) | Batch::Message(..)) | None => {}
        }
    }
    true
}

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    if let Some(closed) = incoming.param(0).strip_prefix('-') {
        if !client.batches.close_part(closed) {
            close(client, closed, turn);
        }
        return;
    }
    let Some(reference) = incoming.param(0).strip_prefix('+') else { return };
    // A name that is given again: what came under it until now is no whole page.
    cut_short(client, reference, turn);
    make_room(client, turn);
    let label = incoming.label.as_deref().map(str::to_owned);
    match (incoming.param(1), label) {
        ("chathistory" | "draft/chathistory" | "znc.in/playback", label) => {
            let target = incoming.param(2).to_owned();
            let page = History { target, label, lines: Vec::new(), bytes: 0 };
            open(client, reference, Batch::History(page));
        }
        (_, label) if let Some(said) = Multiline::opened_by(incoming.message) => {
            open(client, reference, Batch::Message(said, label));
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
    let Some((page, id)) = take(client, reference, turn) else { return };
    let (heard, lines) = place(client, id, &page, turn);
    let page = history::Page { heard: &heard, lines, label: page.label.as_deref() };
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
    let Some((page, id)) = take(client, reference, turn) else { return };
    place(client, id, &page, turn);
}

/// Takes a batch out. If it is a page it is given back; if it is a message, that is said.
fn take(client: &mut Client, reference: &str, turn: &mut Turn<'_>) -> Option<(History, BufferId)> {
    let page = match client.batches.open.remove(reference)? {
        Batch::History(page) => page,
        Batch::Message(said, label) => {
            say(client, &said, label, turn);
            return None;
        }
        Batch::Within(_) | Batch::Answer(_) => return None,
    };
    client.batches.open.retain(|_, batch| !matches!(batch, Batch::Within(outer) if outer == reference));
    let id = target(client, &page)?;
    Some((page, id))
}

/// A message of several lines is whole.
fn say(client: &mut Client, said: &Multiline, label: Option<String>, turn: &mut Turn<'_>) {
    if let Some(message) = said.message() {
        let mut incoming = Incoming::new(&message, turn.now);
        incoming.label = label.map(Cow::Owned);
        privmsg::receive(client, &incoming, turn);
    }
}

/// Each message goes where the page has it among those that are known. Gives them, and how many there are in the page with
/// those that are none; a message of several lines is one.
fn place(client: &mut Client, id: BufferId, page: &History, turn: &mut Turn<'_>) -> (Vec<Heard>, usize) {
    let parts = multiline::joined(&page.lines);
    let messages: Vec<Message<'_>> = parts.iter().filter_map(Part::message).collect();
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
    (heard, messages.len())
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
